// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "widgets/ImageView.h"

namespace sightline::ui {

/// An image to paint over: by the mouse, or by the arrow keys and Space. Shows the stroke until an image with it comes.
class PaintView : public ImageView {
    Q_OBJECT
public:
    explicit PaintView(QWidget* parent = nullptr);

    void setImage(const QImage& image, const QString& placeholder = {}) override;
    void startOver(const QSize& image); ///< nothing is painted, nothing can be undone
    void setBrush(double share);        ///< diameter, as a share of the image's shorter side
    void clearMask();
    void undo();
    bool canUndo() const { return !m_before.empty(); }
    bool isBlank() const;
    const QImage& mask() const { return m_mask; } ///< 8 bits a pixel; 0: as it is

Q_SIGNALS:
    void maskChanged();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QPointF inMask(const QPointF& place) const;
    double brush() const; ///< diameter in pixels of the mask
    void keep();
    void describe();
    void stroke(const QPointF& from, const QPointF& to);
    void paintPending(QPainter& painter, const QRect& place);

    QImage m_mask;
    std::vector<QImage> m_before;
    QPointF m_last, m_cursor; ///< in pixels of the mask
    bool m_painting = false;  ///< from a press on the image until the button is released
    double m_share = 0.15;
    bool m_pending = false, m_hovered = false;
};

} // namespace sightline::ui
