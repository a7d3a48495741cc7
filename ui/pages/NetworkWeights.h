// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <filesystem>

#include "experiment/Experiment.h"

namespace sightline::ui {

class SettingsForm;

/// Adds the fields that choose weights: the public ones of this network, or a file. Choosing public ones also sets the
/// pixel values and the resizing they were trained with.
void addWeightFields(SettingsForm& form, const std::string& network);

/// Where the chosen weights came from, under which licence, and whether they fit; empty where training starts anew.
QString weightFacts(const Experiment& experiment, const std::filesystem::path& home, int classes);

} // namespace sightline::ui
