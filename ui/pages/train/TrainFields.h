// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace sightline::ui {

class SettingsForm;

/// The fields of training: epochs, optimizer, schedule, callbacks, and what is rarely touched.
void addTrainFields(SettingsForm& form);

} // namespace sightline::ui
