// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRect>
#include <QSettings>

class QScreen;
class QWidget;

namespace sightline::ui {

/// A first window of the size wanted, or as large as `free` allows, in its middle. `free`: a screen's area without
/// panels; room for the window's frame is left.
QRect centredIn(const QRect& free, const QSize& wanted);
/// What was kept, moved and shrunk until it lies within `free`.
QRect fittedInto(const QRect& free, const QRect& kept);

/// Keeps where the window stands, for the screen it is on (told by name, serial number and size).
void keepGeometry(QSettings& settings, const QWidget& window);
/// The screen it was on last, or the first one where that is gone; there as it stood on that screen, or as a first
/// window. Never beyond the screen's free area.
void placeWindow(const QSettings& settings, QWidget& window, const QSize& wanted);

} // namespace sightline::ui
