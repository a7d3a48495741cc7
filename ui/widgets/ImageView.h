// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QWidget>

namespace sightline::ui {

/// One image, as large as fits, never distorted. Small images are enlarged by whole pixels' edges when asked to.
class ImageView : public QWidget {
    Q_OBJECT
public:
    explicit ImageView(QWidget* parent = nullptr);

    virtual void setImage(const QImage& image, const QString& placeholder = {});
    const QImage& image() const { return m_image; }
    void setSharp(bool sharp); ///< nearest neighbour instead of smooth
    QRect imageRect() const;   ///< where the image is drawn
    QSize sizeHint() const override { return {320, 320}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QImage m_image;
    QString m_placeholder;
    bool m_sharp = false;
};

} // namespace sightline::ui
