// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>

class QApplication;

namespace sightline::ui {

/// The roles every colour of the window comes from; light and dark from one table (UX.md, The look).
enum class Role {
    Window,
    Surface,
    Raised,
    Border,
    Text,
    Muted,
    Accent,
    AccentText,
    Good,
    Warning,
    Bad,
    Training,
    Validation
};

enum class Scheme { Light, Dark };

/// The one place that knows colours and type sizes.
namespace theme {
void apply(QApplication& application,
           Scheme scheme); ///< Fusion with our palette and style sheet; can be called again to switch
Scheme scheme();
QColor color(Role role);
/// 11, 13 (base), 16, 22 points-as-pixels: Small, Base, Title, Hero. Tabular figures.
enum class Size { Small, Base, Title, Hero };
QFont font(Size size, bool bold = false);
inline constexpr int kGrid = 8;
} // namespace theme

} // namespace sightline::ui
