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
/// Its value for people: "yes", "none", a file by its name.
QString valueOfSetting(const Json& value);

/// As differingSettings() finds them.
std::vector<SettingDifference> settingsDifferences(const Experiment& first, const Experiment& second);
/// Of an edit of a run, { PATH: [old, new] }.
std::vector<SettingDifference> settingsDifferences(const Json& edit);

} // namespace sightline::ui
