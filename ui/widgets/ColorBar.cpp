// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/ColorBar.h"

#include <QPainter>

#include <numeric>

#include "look/Picture.h"
#include "look/Theme.h"

namespace sightline::ui {

namespace {
constexpr int kBar = 10, kWords = 16, kLevels = 256;
}

ColorBar::ColorBar(QWidget* parent) : QWidget(parent) {
    setFixedHeight(kBar + kWords);
}

void ColorBar::setColors(ColorMap colors) {
    m_colors = colors;
    update();
}

void ColorBar::paintEvent(QPaintEvent*) {
    FloatArray ramp{{1, kLevels}, std::vector<float>(kLevels)};
    const bool bothSigns = m_colors == ColorMap::Diverging;
    for (int i = 0; i < kLevels; ++i) {
        const float share = static_cast<float>(i) / (kLevels - 1);
        ramp.values[static_cast<std::size_t>(i)] = bothSigns ? 2 * share - 1 : share;
    }
    QPainter painter(this);
    painter.drawImage(QRect(0, 0, width(), kBar), toQImage(colored(ramp, 1, kLevels, m_colors)));
    painter.setFont(theme::font(theme::Size::Small));
    painter.setPen(theme::color(Role::Muted));
    const QRect words(0, kBar, width(), kWords);
    painter.drawText(words, Qt::AlignLeft | Qt::AlignBottom, bothSigns ? tr("against") : tr("low"));
    painter.drawText(words, Qt::AlignRight | Qt::AlignBottom, bothSigns ? tr("for") : tr("high"));
    if (bothSigns)
        painter.drawText(words, Qt::AlignHCenter | Qt::AlignBottom, QStringLiteral("0"));
}

} // namespace sightline::ui
