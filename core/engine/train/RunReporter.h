// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/ProgressFile.h"
#include "engine/train/TimeLeft.h"
#include "engine/train/TrainSetup.h"

namespace sightline::engine {

/// Hands a run's events to its folder and to whoever listens. Batches go to the listener only.
class RunReporter {
public:
    explicit RunReporter(const EventSink& sink) : m_sink(sink) {}

    /// From here on events are kept in the run's folder. `setup` outlives this.
    void begin(const TrainSetup& setup, int firstEpoch);
    /// Whether the folder holds an event of this session.
    bool hasBegun() const { return m_begun; }
    /// Where an event cannot be kept, `tryAgain` decides.
    void setPatience(std::function<bool(const Error&)> tryAgain) { m_tryAgain = std::move(tryAgain); }
    /// Throws where the folder cannot be written: a run that leaves no trace must not go on.
    void report(const TrainEvent& event);
    /// To the listener only.
    void tell(const TrainEvent& event) const;
    /// Adds speed and time left to a batch of so many images that took `seconds`.
    void reportBatch(BatchFinished finished, int images, double seconds);
    /// For the time left: what a checkpoint within an epoch took, and what came after an epoch's last batch.
    TimeLeft& time() { return m_time; }
    /// Keeps the end in the folder, calls `written`, then tells the listener, once. Never throws.
    void end(const RunEnded& ended, const std::function<void()>& written);

private:
    void keep(const TrainEvent& event);

    const EventSink& m_sink;
    const TrainSetup* m_setup = nullptr;
    bool m_begun = false;
    std::function<bool(const Error&)> m_tryAgain;
    TimeLeft m_time;
    double m_imagesPerBatch = 0; ///< mean, the last ones count most; 0: none yet
    std::optional<ProgressFile> m_progress;
};

} // namespace sightline::engine
