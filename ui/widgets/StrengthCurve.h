// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>
#include <vector>

namespace sightline::ui {

/// A small figure: how accuracy falls while images get worse; of all images, and beside it of one class.
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
    void setPoints(std::vector<Point> points, const QString& className); ///< weakest first; no name: all images only
    QPointF placeOf(std::size_t point) const;                            ///< of all images

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRectF plot() const;
    QPointF placeOf(const Point& point, double accuracy) const;
    QString describe(const Point& point) const;
    void paintCurve(QPainter& painter, bool ofClass) const;

    std::vector<Point> m_points;
    QString m_className;
};

} // namespace sightline::ui
