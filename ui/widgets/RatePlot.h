// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

namespace sightline::ui {

/// Losses over learning rates, these on a logarithmic axis, and a line at one rate that is dragged, or moved by the
/// arrow keys.
class RatePlot : public QWidget {
    Q_OBJECT
public:
    explicit RatePlot(QWidget* parent = nullptr);

    void setCurve(std::vector<double> rates, std::vector<double> losses); ///< rising rates; two or more
    void clear(const QString& words);                                     ///< in place of a curve
    /// Two digits of it are kept: 0.0012. Outside the curve its end is taken.
    void setRate(double rate);
    double rate() const { return m_rate; } ///< 0: there is no curve
    QPointF placeOf(double rate) const;    ///< on the axis

Q_SIGNALS:
    void rateChanged(double rate);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QRectF plot() const;
    double yOf(double loss) const;
    double rateAt(double x) const;
    double lossAt(double rate) const;
    void paintAxes(QPainter& painter) const;
    void paintCurve(QPainter& painter) const;
    void paintRate(QPainter& painter) const;

    std::vector<double> m_rates, m_losses;
    double m_lowest = 0, m_highest = 1; ///< losses shown
    double m_rate = 0;
    QString m_words;
};

} // namespace sightline::ui
