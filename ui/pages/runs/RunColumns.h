// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <filesystem>

#include "look/Theme.h"
#include "models/Table.h"
#include "store/RunSummary.h"

namespace sightline::ui {

// Words for a run, for the table and beside it.
QString stateWords(const std::string& state);
Role stateRole(const std::string& state);
QString startedWords(const std::string& created);
QString networkTitle(const std::string& name);

/// Columns that the table begins with: "name", "state" ... ; and those there are besides. Any other one is a setting by
/// its path: "training.optimizer.learning_rate".
QStringList defaultRunColumns();
QStringList otherRunColumns();

/// Its heading; what follows a '|' is the tool tip.
QString runColumnHeading(const QString& column);
Table::Cell runCell(const RunSummary& run, const QString& column);

} // namespace sightline::ui
