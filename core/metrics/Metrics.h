// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

namespace sightline {

/// Sample-weighted running mean, in double.
class RunningMean {
public:
    RunningMean() = default;
    RunningMean(double sum, double weight) : m_sum(sum), m_weight(weight) {}
    void add(double value, double weight = 1.0) {
        m_sum += value * weight;
        m_weight += weight;
    }
    double mean() const { return m_weight > 0 ? m_sum / m_weight : 0.0; }
    double sum() const { return m_sum; }
    double weight() const { return m_weight; }

private:
    double m_sum = 0, m_weight = 0;
};

/// What one epoch ended with; one row of history.csv.
struct EpochMetrics {
    int epoch = 0; ///< 1-based
    double loss = 0, accuracy = 0;
    std::optional<double> valLoss, valAccuracy;
    double learningRate = 0; ///< the rate of this epoch, before any reduction at its end
    double seconds = 0, imagesPerSecond = 0;
    double waitShare = 0; ///< share of the epoch the trainer waited for data, 0...1
    int skippedImages = 0;

    bool operator==(const EpochMetrics&) const = default;
    /// "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate"; nothing where absent.
    std::optional<double> value(const std::string& name) const;
};

} // namespace sightline
