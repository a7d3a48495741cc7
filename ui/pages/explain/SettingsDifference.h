// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>
#include <vector>

#include "experiment/Experiment.h"

namespace sightline::ui {

/// A setting that differs between two runs, or before and after an edit, in words.
struct SettingDifference {
    QString name, first, second;
};

/// Its name for people: "Early stopping: patience" where only the block has a title.
QString nameOfSetting(const std::string& path);
/// A value of it for people: "AdamW", "yes", "none", a file by its name.
QString valueOfSetting(const std::string& path, const Json& value);
/// "Epochs: must be 1 or more": what is wrong, with the setting by its name.
QString problemWords(const Problem& problem);

/// As differingSettings() finds them.
std::vector<SettingDifference> settingsDifferences(const Experiment& first, const Experiment& second,
                                                   const std::vector<bool>& imported = {false, false});
/// Of an edit of a run, { PATH: [old, new] }.
std::vector<SettingDifference> settingsDifferences(const Json& edit);

} // namespace sightline::ui
