// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "data/ToyPainter.h"

namespace sightline {

/// A toy of the class (order of toyClasses()) in its own units, painted in three colours; it fits about -1...1.
Shape2d toyShape(int toyClass, Color body, Color second, Color accent);

} // namespace sightline
