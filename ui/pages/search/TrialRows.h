// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/SearchReader.h"
#include "models/Table.h"

namespace sightline::ui {

/// The table of a search's trials: number, objective, what became of it and why, then the settings that are searched.
QStringList trialColumns(const SearchPlan& plan);
std::vector<std::vector<Table::Cell>> trialRows(const ShownSearch& search);

} // namespace sightline::ui
