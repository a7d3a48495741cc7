// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace sightline::ui {

/// Left and Right belong to this control while it has the focus, whatever they do on its page else.
void keepArrowKeys(QWidget* control);

} // namespace sightline::ui
