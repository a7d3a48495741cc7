// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "look/Theme.h"

class QLabel;

namespace sightline::ui {

/// The color of a label's words, in light and in dark: Text, Muted, Good, Warning or Bad.
void setTone(QLabel& label, Role role);

} // namespace sightline::ui
