// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/RatePlot.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

#include "look/Theme.h"
#include "look/Words.h"

namespace sightline::ui {

namespace {
constexpr int kLeft = 44, kRight = 16, kTop = 22, kBottom = 38;
constexpr std::size_t kUnsettled = 20; ///< this part of the curve
constexpr int kLossLines = 4, kTitleWidth = 100;
constexpr double kKeyStep = 0.05; ///< of a decade

/// 1, 2 or 5 times a power of ten, at least this.
double roundStep(double least) {
    const double power = std::pow(10.0, std::floor(std::log10(std::max(least, 1e-9))));
    for (const double times : {1.0, 2.0, 5.0})
        if (times * power >= least)
            return times * power;
    return 10 * power;
}

double twoDigits(double rate) {
    return QString::number(rate, 'g', 2).toDouble();
}
} // namespace

RatePlot::RatePlot(QWidget* parent) : QWidget(parent) {
    setMinimumSize(320, 200);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setFocusPolicy(Qt::StrongFocus);
}

void RatePlot::setCurve(std::vector<double> rates, std::vector<double> losses) {
    m_rates = std::move(rates);
    m_losses = std::move(losses);
    // Of the first rates the mean is of few batches.
    const auto settled = m_losses.begin() + static_cast<std::ptrdiff_t>(m_losses.size() / kUnsettled);
    const auto [low, high] = std::minmax_element(settled, m_losses.end());
    const double usual = *std::max_element(m_losses.begin(), m_losses.begin() + (low - m_losses.begin()) + 1);
    // An explosion would flatten the rest.
    m_highest = std::min(*high, usual + (usual - *low) * 0.5);
    m_lowest = *low;
    const double air = std::max(1e-6, (m_highest - m_lowest) * 0.08);
    m_highest += air;
    m_lowest -= air;
    setCursor(Qt::SizeHorCursor);
    setRate(m_rates[static_cast<std::size_t>(low - m_losses.begin())] / 10);
}

void RatePlot::clear(const QString& words) {
    m_rates.clear();
    m_losses.clear();
    m_rate = 0;
    m_words = words;
    setAccessibleDescription(words);
    unsetCursor();
    update();
}

void RatePlot::setRate(double rate) {
    if (m_rates.size() < 2)
        return;
    const double kept = twoDigits(std::clamp(rate, m_rates.front(), m_rates.back()));
    setAccessibleDescription(tr("Learning rate %1, loss %2").arg(significant(kept, 2), significant(lossAt(kept))));
    update();
    if (kept == m_rate)
        return;
    m_rate = kept;
    Q_EMIT rateChanged(m_rate);
}

QRectF RatePlot::plot() const {
    return QRectF(rect()).adjusted(kLeft, kTop, -kRight, -kBottom);
}

QPointF RatePlot::placeOf(double rate) const {
    const double from = std::log10(m_rates.front()), to = std::log10(m_rates.back());
    return {plot().left() + plot().width() * (std::log10(rate) - from) / (to - from), plot().bottom()};
}

double RatePlot::yOf(double loss) const {
    return plot().bottom() - plot().height() * (loss - m_lowest) / (m_highest - m_lowest);
}

double RatePlot::rateAt(double x) const {
    const double from = std::log10(m_rates.front()), to = std::log10(m_rates.back());
    return std::pow(10.0, from + (to - from) * (x - plot().left()) / plot().width());
}

double RatePlot::lossAt(double rate) const {
    const auto above = std::lower_bound(m_rates.begin(), m_rates.end(), rate);
    return m_losses[std::min(m_losses.size() - 1, static_cast<std::size_t>(above - m_rates.begin()))];
}

void RatePlot::mousePressEvent(QMouseEvent* event) {
    if (m_rates.size() >= 2 && event->button() == Qt::LeftButton)
        setRate(rateAt(event->position().x()));
}

void RatePlot::mouseMoveEvent(QMouseEvent* event) {
    if (m_rates.size() >= 2 && (event->buttons() & Qt::LeftButton))
        setRate(rateAt(event->position().x()));
}

void RatePlot::keyPressEvent(QKeyEvent* event) {
    const int way = event->key() == Qt::Key_Left ? -1 : event->key() == Qt::Key_Right ? 1 : 0;
    if (way == 0 || m_rates.size() < 2)
        return QWidget::keyPressEvent(event);
    const double next = twoDigits(m_rate * std::pow(10.0, way * kKeyStep));
    setRate(next == m_rate ? m_rate * std::pow(10.0, 2 * way * kKeyStep) : next);
}

void RatePlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme::font(theme::Size::Small));
    if (m_rates.size() < 2) {
        painter.setPen(theme::color(Role::Muted));
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap, m_words);
        return;
    }
    paintAxes(painter);
    paintCurve(painter);
    paintRate(painter);
}

void RatePlot::paintAxes(QPainter& painter) const {
    const auto line = [&](const QPointF& a, const QPointF& b) {
        painter.setPen(theme::color(Role::Border));
        painter.drawLine(a, b);
        painter.setPen(theme::color(Role::Muted));
    };
    const int first = static_cast<int>(std::ceil(std::log10(m_rates.front()) - 1e-9));
    const int last = static_cast<int>(std::floor(std::log10(m_rates.back()) + 1e-9));
    for (int decade = first; decade <= last; ++decade) {
        const double x = placeOf(std::pow(10.0, decade)).x();
        line({x, plot().top()}, {x, plot().bottom()});
        painter.drawText(QRectF(x - 30, plot().bottom() + 2, 60, 16), Qt::AlignCenter,
                         decade >= -3 ? QString::number(std::pow(10.0, decade)) : QStringLiteral("1e%1").arg(decade));
    }
    const double step = roundStep((m_highest - m_lowest) / kLossLines);
    for (double loss = std::ceil(m_lowest / step) * step; loss <= m_highest; loss += step) {
        const double y = yOf(loss);
        line({plot().left(), y}, {plot().right(), y});
        painter.drawText(QRectF(0, y - 8, kLeft - 6, 16), Qt::AlignRight | Qt::AlignVCenter,
                         QString::number(loss, 'g', 3));
    }
    painter.drawText(QRectF(plot().left(), plot().bottom() + 18, plot().width(), 18), Qt::AlignCenter,
                     tr("learning rate"));
    const bool taken = placeOf(m_rate).x() < kTitleWidth + kLeft; // by the rate's own words
    painter.drawText(QRectF(4, 2, width() - 8, 16), (taken ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter,
                     tr("loss, smoothed"));
}

void RatePlot::paintCurve(QPainter& painter) const {
    QPolygonF line;
    for (std::size_t i = 0; i < m_rates.size(); ++i)
        line << QPointF(placeOf(m_rates[i]).x(), yOf(m_losses[i]));
    painter.save();
    painter.setClipRect(plot());
    painter.setPen(QPen(theme::color(Role::Training), 2));
    painter.drawPolyline(line);
    painter.restore();
}

void RatePlot::paintRate(QPainter& painter) const {
    const double x = placeOf(m_rate).x();
    painter.setPen(QPen(theme::color(Role::Accent), hasFocus() ? 3 : 2));
    painter.drawLine(QPointF(x, plot().top()), QPointF(x, plot().bottom()));
    painter.setBrush(theme::color(Role::Accent));
    painter.setPen(Qt::NoPen);
    painter.drawEllipse(QPointF(x, std::clamp(yOf(lossAt(m_rate)), plot().top(), plot().bottom())), 4, 4);
    painter.setPen(theme::color(Role::Text));
    painter.setFont(theme::font(theme::Size::Base, true));
    const double left = std::clamp(x - 60, 0.0, static_cast<double>(width()) - 120);
    painter.drawText(QRectF(left, 0, 120, kTop - 2), Qt::AlignCenter, rateText(m_rate));
}

} // namespace sightline::ui
