// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ImageView.h"

#include <QPainter>

#include "look/Theme.h"

namespace sightline::ui {

ImageView::ImageView(QWidget* parent) : QWidget(parent) {
    setMinimumSize(96, 96);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void ImageView::setImage(const QImage& image, const QString& placeholder) {
    m_image = image;
    m_placeholder = placeholder;
    update();
}

void ImageView::setSharp(bool sharp) {
    m_sharp = sharp;
    update();
}

QRect ImageView::imageRect() const {
    if (m_image.isNull())
        return {};
    const QSize fitted = m_image.size().scaled(size(), Qt::KeepAspectRatio);
    return {QPoint((width() - fitted.width()) / 2, (height() - fitted.height()) / 2), fitted};
}

void ImageView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (m_image.isNull()) {
        painter.setPen(theme::color(Role::Muted));
        painter.drawText(rect().adjusted(theme::kGrid, 0, -theme::kGrid, 0), Qt::AlignCenter | Qt::TextWordWrap,
                         m_placeholder);
        return;
    }
    const QRect place = imageRect();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, !m_sharp);
    const QSize pixels = place.size() * devicePixelRatioF();
    if (!m_sharp && pixels.width() * 2 < m_image.width())
        painter.drawImage(place, m_image.scaled(pixels, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
    else
        painter.drawImage(place, m_image);
}

} // namespace sightline::ui
