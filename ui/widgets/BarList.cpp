// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/BarList.h"

#include <QPainter>

#include <algorithm>

#include "look/Theme.h"

namespace sightline::ui {

namespace {
constexpr int kRow = 30, kBar = 6, kAir = 2; ///< beneath the bar
}

BarList::BarList(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void BarList::setBars(std::vector<Bar> bars) {
    m_bars = std::move(bars);
    QStringList words;
    for (const Bar& bar : m_bars)
        words << bar.name + QLatin1Char(' ') + bar.text;
    setAccessibleDescription(words.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

QSize BarList::sizeHint() const {
    return {240, kRow * static_cast<int>(m_bars.size())};
}

void BarList::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFontMetrics metrics(font());
    int y = 0;
    for (const Bar& bar : m_bars) {
        if (y + kRow - kAir > height()) // half a row says nothing
            break;
        const int space = metrics.horizontalAdvance(bar.text) + theme::kGrid;
        painter.setPen(theme::color(Role::Text));
        painter.drawText(QRect(0, y, width() - space, kRow - kBar - 4), Qt::AlignLeft | Qt::AlignBottom,
                         metrics.elidedText(bar.name, Qt::ElideMiddle, width() - space));
        painter.setPen(theme::color(Role::Muted));
        painter.drawText(QRect(0, y, width(), kRow - kBar - 4), Qt::AlignRight | Qt::AlignBottom, bar.text);
        const QRectF track(0, y + kRow - kBar - kAir, width(), kBar);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme::color(Role::Raised));
        painter.drawRoundedRect(track, kBar / 2.0, kBar / 2.0);
        painter.setBrush(bar.color);
        if (bar.share > 0)
            painter.drawRoundedRect(
                QRectF(track.topLeft(), QSizeF(std::max<double>(kBar, track.width() * std::min(1.0, bar.share)), kBar)),
                kBar / 2.0, kBar / 2.0);
        y += kRow;
    }
}

} // namespace sightline::ui
