// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QPushButton>
#include <QString>

#include "look/Theme.h"

namespace sightline::ui::theme {

/// One of the symbols in resources/icons by its name ("media-playback-start"), in the colour its role has when it is
/// painted; muted where it is disabled. Each symbol is parsed once, each picture of it drawn once.
QIcon icon(const QString& name, Role role = Role::Text);
/// The same before a button's words, with room between the two.
void setIcon(QPushButton& button, const QString& name, Role role = Role::Text);

} // namespace sightline::ui::theme
