// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

#include "experiment/Experiment.h"

namespace sightline::ui {

/// A setting that differs between two runs, or before and after an edit, in words.
struct SettingDifference {
    QString name, first, second;
};

/// Its name for people: "Early stopping: patience" where only the block has a title.
QString nameOfSetting(const std::string& path);

/// In the order of the experiment's file. Names of the experiments are no setting.
std::vector<SettingDifference> settingsDifferences(const Experiment& first, const Experiment& second);
/// Of an edit of a run, { PATH: [old, new] }.
std::vector<SettingDifference> settingsDifferences(const Json& edit);

} // namespace sightline::ui
