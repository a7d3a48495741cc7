// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QWidget>

namespace sightline::ui {

/// Two pictures of the same thing, one over the other, parted by a line that is moved by the mouse or by Left and
/// Right.
class WipeView : public QWidget {
    Q_OBJECT
public:
    explicit WipeView(QWidget* parent = nullptr);
    void setImages(const QImage& left, const QImage& right, const QString& placeholder = {});
    void setPart(double part); ///< 0...1 of the width shows the left picture
    double part() const { return m_part; }
    QRect imageRect() const;
    QSize sizeHint() const override { return {320, 320}; }

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void follow(double x);

    QImage m_left, m_right;
    QString m_placeholder;
    double m_part = 0.5;
};

} // namespace sightline::ui
