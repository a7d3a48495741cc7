// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStackedWidget>

namespace sightline::ui {

/// `content` (index 1), or until it is there words that say what will be (index 0).
QStackedWidget* withPlaceholder(QWidget* content, const char* name, const QString& words);

} // namespace sightline::ui
