// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/Result.h"

namespace sightline {

/// In a run's folder: probes/epoch-0003.json, one file for each epoch that was drawn.
inline constexpr const char* kProbesFolder = "probes";
inline constexpr int kLongestProbeSide = 32; ///< of a map as it is kept

/// What a network made of a pinned image after an epoch.
struct ProbeMap {
    std::string path;       ///< of the image, in the data
    std::string predicted;  ///< a class
    double probability = 0; ///< of it
    std::string truth;      ///< the image's class; empty: it has none
    double truthProbability = 0;
    int height = 0, width = 0;        ///< of the map, at most kLongestProbeSide
    std::vector<std::uint8_t> values; ///< its rows; 255 where most speaks for the predicted class

    bool isRight() const { return predicted == truth; }
    bool operator==(const ProbeMap&) const = default;
};

/// The pinned images after an epoch, in the order in which they were pinned.
struct ProbeMaps {
    int epoch = 0;
    std::vector<ProbeMap> maps;

    bool operator==(const ProbeMaps&) const = default;
};

/// "probes/epoch-0003.json"
std::string probeFile(int epoch);

/// Atomically, into the folder of the run.
Result<void> writeProbes(const std::filesystem::path& run, const ProbeMaps& probes);
/// Of one epoch. Errors: there is none; it is damaged.
Result<ProbeMaps> readProbes(const std::filesystem::path& run, int epoch);
/// The epochs that a run has them of, in order.
std::vector<int> probeEpochs(const std::filesystem::path& run);
/// A run goes on after `epoch`: what was drawn later is removed, as far as it can be.
void forgetProbesAfter(const std::filesystem::path& run, int epoch);

} // namespace sightline
