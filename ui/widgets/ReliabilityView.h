// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

#include "metrics/Calibration.h"

namespace sightline::ui {

/// A reliability diagram to click (Guo et al. 2017): for each range of confidence how often the network is right,
/// beside the diagonal where it would keep its word; what lies between is shaded. Below it how many images each range
/// has. The mouse, or the arrow keys and Return, select a range; selecting it again clears.
class ReliabilityView : public QWidget {
    Q_OBJECT
public:
    explicit ReliabilityView(QWidget* parent = nullptr);
    void setBins(std::vector<ConfidenceBin> bins);
    void select(int bin); ///< -1: none; emits nothing
    QRect binRect(int bin) const;

Q_SIGNALS:
    void selected(int bin); ///< -1: none any more

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRectF plot() const;
    QRectF counts() const;
    double left(int bin) const;
    int at(const QPoint& point) const; ///< -1: none
    void choose(int bin);
    void tellCursor();
    QString describe(int bin) const;
    void paintAxes(QPainter& painter) const;
    void paintBin(QPainter& painter, int bin) const;

    std::vector<ConfidenceBin> m_bins;
    std::size_t m_most = 1; ///< images of the fullest bin
    int m_selected = -1, m_cursor = 0;
};

} // namespace sightline::ui
