// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QPushButton>
#include <QString>

#include "look/Theme.h"

namespace sightline::ui::theme {

/// A symbolic breeze icon recoloured by the palette, by its name ("media-playback-start").
QIcon icon(const QString& name, Role role = Role::Text);
/// The same before a button's words, with room between the two.
void setIcon(QPushButton& button, const QString& name, Role role = Role::Text);

} // namespace sightline::ui::theme
