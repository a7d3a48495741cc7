// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/TrainCheck.h"

namespace sightline {

/// What is known of a run that has been tried, besides the figures that are reported.
struct CheckFacts {
    bool tried = true;       ///< false: it would not fit the memory, so it was not
    double firstLoss = 0;    ///< of the batch that is overfitted, before the first step
    bool hadTime = true;     ///< for all steps; after few of them a high loss says nothing
    double learningRate = 0; ///< of the steps
    std::string freeze = "none";
    bool keepsFeatures = false; ///< then nothing waits for images
    int unreadable = 0;         ///< images of those tried
    std::string firstUnreadable;
    std::uint64_t freeDiskBytes = 0;
    std::uint64_t checkpointBytes = 0; ///< the one being written comes on top of those kept
    /// What the run keeps of decoded images: in memory, and in a file that is gone after it.
    std::uint64_t decodedBytes = 0, decodedFileBytes = 0;
};

/// One batch is overfitted until its loss is this low, or for so many steps.
inline constexpr double kOverfitted = 0.1;
inline constexpr int kOverfitSteps = 200;

/// Whether the loss of the repeated batch shows that the network learns: low, or a quarter of what it was.
bool learns(const TrainCheck::Overfit& overfits, double firstLoss);

/// The loader's speed in all epochs but the first.
double steadyLoaderSpeed(const TrainCheck& check);

/// "42 s", "31.4 min", "26.5 h": as exact as it is known.
std::string aboutTime(double seconds);

/// What to fix, the gravest first: one sentence each. Empty: go.
std::vector<std::string> checkProblems(const TrainCheck& check, const CheckFacts& facts);

} // namespace sightline
