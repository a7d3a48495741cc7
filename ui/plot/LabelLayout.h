// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>

#include <vector>

namespace sightline::ui {

/// Labels that move up or down, no further than they have to, so that none lies over another or over `fixed` and none
/// leaves `top` to `bottom`, if there is room for all. They keep their order from top to bottom; what stands side by
/// side stays.
std::vector<QRectF> laidOut(std::vector<QRectF> labels, const QRectF& fixed, double top, double bottom);

} // namespace sightline::ui
