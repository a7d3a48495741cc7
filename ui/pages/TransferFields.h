// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace sightline {
struct Experiment;
}

namespace sightline::ui {

class SettingsForm;

/// Adds the fields of a new head (model.head), folded where there is none.
void addHeadFields(SettingsForm& form, const Experiment& experiment);

/// Adds the fields of fine-tuning (training.fine_tune), folded where there is none.
void addFineTuneFields(SettingsForm& form, const Experiment& experiment);

} // namespace sightline::ui
