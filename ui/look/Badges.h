// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>

#include "look/Theme.h"

/// Small marks upon other things: what is ready, what runs, how much wants attention, what was done to an image.
namespace sightline::ui::badge {

void paintReady(QPainter& painter, const QPointF& centre);            ///< a check mark
void paintRunning(QPainter& painter, const QPointF& centre);          ///< an open ring
void paintCount(QPainter& painter, const QPointF& centre, int count); ///< a number in a pill; beyond 99: "99+"
/// A round mark with a symbol, for the corner of a picture.
void paintMark(QPainter& painter, const QRect& place, Role ground, const QString& icon);

} // namespace sightline::ui::badge
