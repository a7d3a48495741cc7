// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/MarkPlot.h"

namespace sightline::ui {

/// Parallel coordinates (Inselberg, 1985): each axis upright beside the others, each mark a line from axis to axis.
class ParallelPlot : public MarkPlot {
    Q_OBJECT
public:
    explicit ParallelPlot(QWidget* parent = nullptr);
    QPointF placeOf(int mark) const override; ///< on the last axis

protected:
    double distance(const Mark& mark, const QPointF& place) const override;
    void paint(QPainter& painter) const override;

private:
    double across(std::size_t axis) const;
    QPointF placeOn(const Mark& mark, std::size_t axis) const;
    void paintAxis(QPainter& painter, std::size_t axis) const;
};

} // namespace sightline::ui
