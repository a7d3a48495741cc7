// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>

#include <cstddef>

namespace sightline::ui::theme {

/// Colours that the colour-blind tell apart (Okabe and Ito 2008); what comes after the last is drawn muted.
inline constexpr std::size_t kSeries = 7;
QColor seriesColor(std::size_t index);
/// From quiet (0) to loud (1), on the surface.
QColor strengthColor(double strength);
/// From the worst (0) to the best (1) of several: from grey to blue, which the colour-blind tell apart.
QColor meritColor(double merit);

} // namespace sightline::ui::theme
