// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "metrics/Prediction.h"
#include "store/RunData.h"

namespace sightline {

/// What a network said of a subset of its run's images.
struct JudgedImages {
    std::vector<Prediction> predictions; ///< in the order of the data set
    std::vector<std::string> skipped;    ///< unreadable images, and images of unknown classes, with the reason
};

/// Which predictions are meant: `<run>/predictions/<split>-<checkpoint>.csv` (CLI.md), and what they follow from.
struct PredictionsKey {
    std::string split;       ///< train | val | test
    std::string checkpoint;  ///< best | last | an epoch
    std::string fingerprint; ///< of weights, settings and images
};

/// `weights` stands for the checkpoint's bytes. Reads of each image of the subset what tells it from another one; none
/// is decoded. Error: cancelled.
Result<PredictionsKey> predictionsKey(const std::string& checkpoint, const std::string& weights,
                                      const Experiment& experiment, const RunData& data, Subset subset,
                                      std::stop_token stop = {});

/// Writes the table as `evaluate --out` does, and beside it a .json with the fingerprint and the table's checksum.
/// Error: the run's folder cannot be written.
Result<void> keepPredictions(const std::filesystem::path& runFolder, const PredictionsKey& key, const Dataset& dataset,
                             const JudgedImages& images);

/// What was kept for this key; nothing where there is none, where it follows from something else, or where either file
/// was damaged or written by someone else.
std::optional<JudgedImages> findPredictions(const std::filesystem::path& runFolder, const PredictionsKey& key,
                                            const Dataset& dataset, Subset subset);

} // namespace sightline
