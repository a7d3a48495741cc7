// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QString>

#include <optional>

#include "support/Image.h"

namespace sightline::ui {

/// The same pixels for Qt, in a copy of their own.
QImage toQImage(const Image& image);
/// Floats on the 0...255 scale, rounded and clamped.
QImage toQImage(const FloatImage& image);

// Numbers as people read them, in the window's locale.
QString grouped(qlonglong number); ///< 23,512,130
QString compact(double number);    ///< 23.5 M
QString percent(double share);     ///< 91.4 %
QString significant(double value, int digits = 3);
QString duration(double seconds); ///< 42 s, 3 min 05 s, 2 h 10 min

} // namespace sightline::ui
