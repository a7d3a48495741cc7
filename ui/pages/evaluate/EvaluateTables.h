// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "metrics/Evaluation.h"
#include "models/Table.h"

namespace sightline::ui {

QStringList classColumns();
/// An evaluation's classes with their figures, in the order of the network's outputs.
std::vector<std::vector<Table::Cell>> classRows(const Evaluation& evaluation);

/// The most frequent first; the first 200 of them.
std::vector<ConfusedPair> confusedPairs(const Evaluation& evaluation);
QStringList pairColumns();
std::vector<std::vector<Table::Cell>> pairRows(const Evaluation& evaluation, const std::vector<ConfusedPair>& pairs);

} // namespace sightline::ui
