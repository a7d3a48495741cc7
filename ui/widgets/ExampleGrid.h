// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QRectF>
#include <QWidget>

#include <vector>

namespace sightline::ui {

/// Up to nine images in three rows, each with a place marked; one is chosen by a click, or by the arrow keys and
/// Return.
class ExampleGrid : public QWidget {
    Q_OBJECT
public:
    struct Shown {
        QImage image;
        QRectF mark; ///< in shares of the image; empty: none
        QString words;
    };
    explicit ExampleGrid(QWidget* parent = nullptr);
    void setShown(std::vector<Shown> shown, const QString& placeholder = {});
    const std::vector<Shown>& shown() const { return m_shown; }
    QRect cellRect(int index) const;

    QSize sizeHint() const override { return {256, 256}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return width; }

Q_SIGNALS:
    void chosen(int index);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    int indexAt(const QPoint& place) const;

    std::vector<Shown> m_shown;
    QString m_placeholder;
    int m_current = 0;
};

} // namespace sightline::ui
