// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/MarkPlot.h"

namespace sightline::ui {

/// Dots by two axes: the first from left to right, the second upwards.
class ScatterPlot : public MarkPlot {
    Q_OBJECT
public:
    explicit ScatterPlot(QWidget* parent = nullptr);
    QPointF placeOf(int mark) const override;

protected:
    double distance(const Mark& mark, const QPointF& place) const override;
    void paint(QPainter& painter) const override;

private:
    QRectF plot() const;
    QPointF placeOf(const Mark& mark) const;
    void paintAxes(QPainter& painter) const;
};

} // namespace sightline::ui
