// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "experiment/Experiment.h"
#include "support/Json.h"

namespace sightline {

/// Keras' EarlyStopping (SPEC 5.1), without weights: it says when to keep them and when to stop.
class EarlyStopping {
public:
    explicit EarlyStopping(const EarlyStoppingSettings& settings);

    struct Verdict {
        bool improved = false;
        bool stop = false;
    };
    /// `epoch` from 0. A missing value changes nothing; NaN never improves.
    Verdict epochEnded(int epoch, std::optional<double> value);
    int waited() const { return m_wait; }

    Json state() const;
    void restore(const Json& state);

private:
    bool better(double value, double reference) const;
    EarlyStoppingSettings m_settings;
    bool m_maximum = false;
    std::optional<double> m_best;
    int m_wait = 0;
};

/// Keras' ReduceLROnPlateau (SPEC 5.2).
class ReduceLrOnPlateau {
public:
    explicit ReduceLrOnPlateau(const ReduceLrSettings& settings);

    /// The new rate where it falls, nothing otherwise. Rates are float32 as Keras keeps them.
    std::optional<double> epochEnded(std::optional<double> value, double learningRate);

    Json state() const;
    void restore(const Json& state);

private:
    ReduceLrSettings m_settings;
    bool m_maximum = false;
    std::optional<double> m_best;
    int m_wait = 0;
    int m_cooldown = 0;
};

/// Keras' ModelCheckpoint with save_best_only (SPEC 5.3): strictly better, no minimum.
class BestEpoch {
public:
    explicit BestEpoch(const CheckpointSettings& settings)
        : m_maximum(monitorsMaximum(settings.mode, settings.monitor)) {}

    /// `epoch` from 1.
    bool epochEnded(int epoch, std::optional<double> value);
    int epoch() const { return m_epoch; }

    Json state() const;
    void restore(const Json& state);

private:
    bool m_maximum;
    std::optional<double> m_best;
    int m_epoch = 0;
};

/// The scheduled rate at a step (0-based), warm-up included; `steps` an epoch. Plateau reductions come on top
/// elsewhere.
double scheduledRate(const ScheduleSettings& schedule, double base, int epochs, std::int64_t stepsPerEpoch,
                     std::int64_t step);

} // namespace sightline
