// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>

#include "support/Image.h"

namespace sightline::ui {

/// The same pixels for Qt, in a copy of their own.
QImage toQImage(const Image& image);
/// Floats on the 0...255 scale, rounded and clamped.
QImage toQImage(const FloatImage& image);

} // namespace sightline::ui
