// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "metrics/Metrics.h"
#include "models/Table.h"

namespace sightline::ui {

/// An evaluation's classes with their figures, in the order of the network's outputs.
std::vector<std::vector<Table::Cell>> classRows(const Evaluation& evaluation);
/// The most confused pairs of classes, the most frequent first. The keys of the first two cells are the classes'
/// numbers.
std::vector<std::vector<Table::Cell>> pairRows(const Evaluation& evaluation);

} // namespace sightline::ui
