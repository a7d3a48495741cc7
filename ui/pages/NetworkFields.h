// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace sightline {
struct ZooEntry;
}

namespace sightline::ui {

class SettingsForm;

/// The options of a network of the zoo, each as the field that fits its default: none where it has none.
void addZooOptions(SettingsForm& form, const ZooEntry& entry);
/// What the network is given: size, color, resizing and normalization of the images.
void addInputFields(SettingsForm& form);

} // namespace sightline::ui
