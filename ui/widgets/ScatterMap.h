// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QWidget>

#include <cstdint>
#include <functional>
#include <vector>

namespace sightline::ui {

/// Points to look at and to choose from: the wheel zooms, dragging draws a lasso around points, dragging with the
/// middle button or with Shift moves the map; a click chooses the nearest point, Escape nothing. By keys: the arrows go
/// from point to point, each said to screen readers, Return chooses one. Made for many thousand points.
class ScatterMap : public QWidget {
    Q_OBJECT
public:
    struct Point {
        float x = 0, y = 0;     ///< 0...1
        std::uint16_t kind = 0; ///< of colour
    };
    explicit ScatterMap(QWidget* parent = nullptr);
    /// Shows all of the map; nothing is chosen. `nameOf` a point is said on hover.
    void setPoints(std::vector<Point> points, std::function<QString(std::size_t)> nameOf = {});
    void setColors(std::vector<QColor> colors, const std::vector<std::uint16_t>& kinds); ///< one kind a point
    void clearChoice();                                                                  ///< emits nothing
    const std::vector<std::uint32_t>& chosen() const { return m_chosen; }
    QPointF placeOf(std::size_t point) const; ///< in the widget

Q_SIGNALS:
    void selected(const std::vector<std::uint32_t>& points); ///< empty: nothing is chosen any more

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRectF field() const;
    QPointF toMap(const QPointF& place) const;
    int nearest(const QPointF& place) const; ///< -1: none close by
    void choose(std::vector<std::uint32_t> points);
    void zoom(double factor, const QPointF& around);
    void walk(const QPointF& direction);
    void describe();

    std::vector<Point> m_points;
    std::function<QString(std::size_t)> m_nameOf;
    std::vector<QColor> m_colors;
    std::vector<bool> m_isChosen;
    std::vector<std::uint32_t> m_chosen;
    int m_cursor = -1; ///< the point that the arrow keys have come to; -1: none yet
    double m_zoom = 1;
    QPointF m_centre{0.5, 0.5}, m_grabbed;
    QPolygonF m_lasso; ///< in the widget, while it is drawn
    bool m_moves = false;
};

} // namespace sightline::ui
