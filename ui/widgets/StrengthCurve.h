// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>
#include <utility>
#include <vector>

namespace sightline::ui {

/// A small figure: how a share, such as accuracy, changes while images get worse; of all, and beside it of one class.
class StrengthCurve : public QWidget {
    Q_OBJECT
public:
    struct Point {
        double strength = 0;
        QString words; ///< the strength as people read it
        double accuracy = 0;
        std::optional<double> ofClass; ///< where a class is chosen and has images
    };
    explicit StrengthCurve(QWidget* parent = nullptr);
    void setMeasure(const QString& words); ///< "%1: accuracy %2", of a strength and a share
    /// Rising strengths; no name: all images only.
    void setPoints(std::vector<Point> points, const QString& className);
    void addPoint(Point point, const QString& className); ///< a stronger one
    void setRange(double least, double most);             ///< where points come one by one; else from 0 to the last one
    void setMark(std::optional<double> strength);         ///< a line at a place between the ends
    QPointF placeOf(std::size_t point) const;             ///< of all images

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRectF plot() const;
    QPointF placeOf(const Point& point, double accuracy) const;
    double placeAlong(double strength) const; ///< from left to right
    QString describe(const Point& point) const;
    void paintCurve(QPainter& painter, bool ofClass) const;

    std::vector<Point> m_points;
    QString m_className, m_measure;
    std::optional<double> m_mark;
    std::optional<std::pair<double, double>> m_range;
};

} // namespace sightline::ui
