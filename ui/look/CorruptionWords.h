// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "augment/Corruption.h"

namespace sightline::ui {

QString titleOf(Corruption kind);                       ///< "Rotation"
QString strengthText(Corruption kind, double strength); ///< "30°", "20 %"

} // namespace sightline::ui
