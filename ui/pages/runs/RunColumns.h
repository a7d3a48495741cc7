// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <filesystem>

#include "look/Theme.h"
#include "models/Table.h"
#include "pages/runs/EpochFigures.h"
#include "store/RunSummary.h"

namespace sightline::ui {

// Words for a run, for the table and beside it.
QString stateWords(const std::string& state);
Role stateRole(const std::string& state);
QString startedWords(const std::string& created);
QString networkTitle(const std::string& name);

/// Columns that the table begins with: "name", "state" ... ; and those there are besides. Any other one is a figure of
/// an epoch, "val_accuracy@12" (FigureColumn), or a setting by its path: "training.optimizer.learning_rate".
QStringList defaultRunColumns();
QStringList otherRunColumns();

/// Its heading; what follows a '|' is the tool tip.
QString runColumnHeading(const QString& column);
Table::Cell runCell(const RunSummary& run, const QString& column, const EpochFigures& figures);
/// Of a group: what all its runs have; of a figure the mean of folds, else the best.
Table::Cell groupCell(const std::vector<const RunSummary*>& runs, const QString& column, const EpochFigures& figures);

} // namespace sightline::ui
