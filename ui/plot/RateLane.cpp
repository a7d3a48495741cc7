// SPDX-License-Identifier: GPL-3.0-or-later
#include "plot/RateLane.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

#include "look/Theme.h"
#include "look/Words.h"
#include "plot/QCustomPlotInclude.h"

namespace sightline::ui {

namespace {
constexpr int kHeight = 24;
}

RateLane::RateLane(QCustomPlot* plot) : m_plot(plot), m_sides(new QCPMarginGroup(plot)), m_end(new QCPItemText(plot)) {
    plot->axisRect()->setMarginGroup(QCP::msLeft, m_sides);
    m_end->setColor(theme::color(Role::Muted));
    m_end->setFont(theme::font(theme::Size::Small));
    m_end->setPositionAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_end->setPadding(QMargins(6, 0, 0, 0));
    m_end->setClipToAxisRect(false);
    m_end->setVisible(false);
}

void RateLane::open() {
    m_rect = new QCPAxisRect(m_plot);
    m_rect->setMarginGroup(QCP::msLeft, m_sides);
    m_rect->setAutoMargins(QCP::msLeft);
    m_rect->setMargins(QMargins(0, 0, m_plot->axisRect()->margins().right(), 2));
    m_rect->setRangeDrag({});
    m_rect->setRangeZoom({});
    m_rect->setMinimumSize(0, kHeight);
    m_rect->setMaximumSize(QWIDGETSIZE_MAX, kHeight);
    for (auto* axis : m_rect->axes()) {
        axis->setTicks(false);
        axis->setBasePen(axis->axisType() == QCPAxis::atBottom ? QPen(theme::color(Role::Border), 1) : QPen(Qt::NoPen));
        axis->grid()->setVisible(false);
    }
    m_plot->plotLayout()->addElement(1, 0, m_rect);
    m_rates = m_plot->addGraph(m_rect->axis(QCPAxis::atBottom), m_rect->axis(QCPAxis::atLeft));
    m_rates->setPen(QPen(theme::color(Role::Muted), 1.4));
    m_rates->setLineStyle(QCPGraph::lsStepRight); // an epoch's rate holds from the end of the one before
    m_end->position->setAxes(m_rect->axis(QCPAxis::atBottom), m_rect->axis(QCPAxis::atLeft));
    m_end->setVisible(true);
}

void RateLane::clear() {
    if (!m_rect)
        return;
    m_end->setVisible(false);
    m_end->position->setAxes(m_plot->xAxis, m_plot->yAxis);
    m_plot->removeGraph(m_rates); // before its axes
    m_plot->plotLayout()->remove(m_rect);
    m_plot->plotLayout()->simplify();
    m_rect = nullptr;
    m_rates = nullptr;
}

void RateLane::addEpoch(int epoch, double rate) {
    if (!std::isfinite(rate) || rate <= 0)
        return;
    const double value = std::log10(rate);
    const bool first = !m_rect;
    if (first) {
        open();
        m_rates->addData(epoch - 1, value);
    }
    m_low = first ? value : std::min(m_low, value);
    m_high = first ? value : std::max(m_high, value);
    m_rates->addData(epoch, value);
}

void RateLane::redraw() {
    if (!m_rect)
        return;
    m_rect->axis(QCPAxis::atBottom)->setRange(m_plot->xAxis->range());
    m_rect->axis(QCPAxis::atLeft)->setRange(m_low - 0.5, m_high + 0.5);
    const auto last = m_rates->data()->constEnd() - 1;
    m_end->setText(QCoreApplication::translate("RateLane", "rate %1").arg(rateText(std::pow(10, last->value))));
    m_end->position->setCoords(last->key, last->value);
}

} // namespace sightline::ui
