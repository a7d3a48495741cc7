// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <span>
#include <string>
#include <unordered_map>

#include "engine/train/Compute.h"
#include "engine/train/TrainSetup.h"
#include "metrics/LearningHistory.h"

namespace sightline::engine {

/// Keeps what a run's network makes of its images, epoch by epoch: of all validation images, and of a sample of the
/// training images as they were trained on. It changes nothing that is trained.
class LearningRecorder {
public:
    /// From the setup of a run whose folder is there; goes on in or after `lastEpoch`. What cannot be read is begun
    /// again; the sentence says so.
    std::string begin(const TrainSetup& setup, int lastEpoch);
    bool follows(std::span<const std::uint32_t> samples) const; ///< any of them
    void record(int epoch, std::span<const std::uint32_t> samples, const SampleResults& results);
    /// Keeps an epoch that has ended: in the file where that takes little of the run's time, else beside it. An error
    /// is the person's to know, no reason to end a run.
    Result<void> keepEpoch(int epoch);
    Result<void> write();
    /// Writes it where something is new, without what is later than `lastEpoch`.
    Result<void> end(int lastEpoch);

private:
    using Clock = std::chrono::steady_clock;

    LearningHistory m_history;
    std::unordered_map<std::uint32_t, std::string> m_paths; ///< of the samples that are followed
    std::filesystem::path m_folder;
    Clock::time_point m_written{};
    Clock::duration m_took{};
    bool m_changed = false;
};

} // namespace sightline::engine
