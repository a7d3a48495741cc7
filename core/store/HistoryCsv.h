// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "metrics/Metrics.h"

namespace sightline {

/// Python's repr of a float: the shortest text that reads back the same, 0.001, 1e-05, 1.0, nan.
std::string pythonRepr(double value);

/// Columns of history.csv beside the epoch, sorted; EpochMetrics::value() knows them.
inline constexpr const char* kHistoryColumns[] = {"accuracy", "learning_rate", "loss", "val_accuracy", "val_loss"};

/// history.csv as Keras' CSVLogger writes it (SPEC 5.4): "epoch" from 0, then the keys of the first epoch sorted,
/// values as repr of float64(float32 value), NA where a later epoch misses one, lines end with \r\n.
std::string historyCsv(const std::vector<EpochMetrics>& history);

} // namespace sightline
