// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace sightline {
struct Experiment;
}

namespace sightline::ui {

class SettingsForm;

/// The fields of a new head (model.head), of kept features (training.cache_features) and of fine-tuning
/// (training.fine_tune).
void addTransferFields(SettingsForm& form);

/// Unfolds what the experiment makes use of; call when it changed.
void showTransferFields(SettingsForm& form, const Experiment& experiment);

} // namespace sightline::ui
