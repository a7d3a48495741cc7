// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/Result.h"

namespace sightline {

/// One image of an evaluation.
struct Prediction {
    std::string path;         ///< relative to the data root
    std::uint32_t sample = 0; ///< index into the data set
    int truth = -1, predicted = 0;
    double confidence = 0, loss = 0;
    std::vector<float> probabilities;
};

/// predictions.csv of `evaluate --out` (CLI.md), RFC 4180 quoting. Numbers have the digits that bring them back as they
/// were: floats eleven, so that figures computed from the table agree with ours to 1e-9.
std::string predictionsCsv(const std::vector<std::string>& classes, const std::vector<Prediction>& predictions);

/// The classes that such a table has columns for, whatever else is in it.
std::vector<std::string> classesOfPredictions(const std::string& csv);

/// Reads what predictionsCsv() wrote for these classes; Prediction::sample is left 0. Error: it is no such table.
Result<std::vector<Prediction>> readPredictions(const std::string& csv, const std::vector<std::string>& classes);

} // namespace sightline
