// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace sightline::ui {

/// Undo and redo in this field take back what is being typed; once that is taken over, they belong to the window.
void shareUndoKeys(QWidget* field);

} // namespace sightline::ui
