// SPDX-License-Identifier: GPL-3.0-or-later
#include "plot/SeriesPlot.h"

#include <QLabel>
#include <QToolTip>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

#include "look/Theme.h"
#include "look/Words.h"
#include "plot/Envelope.h"
#include "plot/PlotAxis.h"
#include "plot/QCustomPlotInclude.h"

namespace sightline::ui {

namespace {
constexpr double kRoom = 0.04, kNear = 12; // pixels

QVector<QCPGraphData> thinned(const std::vector<double>& keys, const std::vector<double>& values) {
    Envelope envelope;
    for (std::size_t i = 0; i < std::min(keys.size(), values.size()); ++i)
        if (std::isfinite(values[i]))
            envelope.add(keys[i], values[i]);
    QVector<QCPGraphData> points;
    for (const Envelope::Point& point : envelope.points())
        points.append({point.key, point.value});
    return points;
}
} // namespace

std::vector<double> smoothed(const std::vector<double>& values, double weight) {
    if (weight <= 0)
        return values;
    std::vector<double> result = values;
    double mean = 0, correction = 1;
    for (double& value : result) {
        if (!std::isfinite(value))
            continue;
        mean = weight * mean + (1 - weight) * value;
        correction *= weight;
        value = mean / (1 - correction);
    }
    return result;
}

SeriesPlot::SeriesPlot(const QString& title, const QString& keyTitle, QWidget* parent)
    : QWidget(parent), m_plot(new QCustomPlot(this)) {
    layOutPlot(*this, title, *m_plot);
    setMinimumHeight(140);
    setKeyTitle(keyTitle);
    connect(m_plot, &QCustomPlot::mouseDoubleClick, this, &SeriesPlot::draw);
    connect(m_plot, &QCustomPlot::mouseMove, this, [this](const QMouseEvent* event) {
        if (event->buttons() != Qt::NoButton)
            return;
        const auto* graph = qobject_cast<QCPGraph*>(m_plot->plottableAt(event->position(), false));
        if (!graph || graph->selectTest(event->position(), false) > kNear)
            return QToolTip::hideText();
        const double key = m_plot->xAxis->pixelToCoord(event->position().x());
        const auto point = graph->data()->findBegin(key);
        if (point != graph->data()->constEnd())
            QToolTip::showText(event->globalPosition().toPoint(),
                               tr("%1: %2").arg(graph->name(), significant(point->value)), m_plot);
    });
}

void SeriesPlot::setKeyTitle(const QString& title) {
    m_plot->xAxis->setLabel(title);
    draw();
}

void SeriesPlot::setSeries(std::vector<PlotSeries> series) {
    m_series = std::move(series);
    describe();
    draw();
}

void SeriesPlot::setSmoothing(double weight) {
    m_smoothing = weight;
    draw();
}

void SeriesPlot::draw() {
    m_plot->clearGraphs();
    double low = 0, high = 0, first = 0, last = 1;
    bool any = false;
    for (const PlotSeries& series : m_series) {
        const QVector<QCPGraphData> points = thinned(series.keys, smoothed(series.values, m_smoothing));
        if (points.isEmpty())
            continue;
        auto* graph = m_plot->addGraph();
        graph->setName(series.name);
        graph->setPen(QPen(series.color, 1.8, series.dashed ? Qt::DashLine : Qt::SolidLine));
        graph->data()->set(points, true);
        if (points.size() == 1)
            graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, series.color, 5));
        for (const QCPGraphData& point : points) {
            low = any ? std::min(low, point.value) : point.value;
            high = any ? std::max(high, point.value) : point.value;
            first = any ? std::min(first, point.key) : point.key;
            last = any ? std::max(last, point.key) : point.key;
            any = true;
        }
    }
    const double room = std::max(high - low, 1e-9) * kRoom;
    m_plot->xAxis->setRange(first, last > first ? last : first + 1);
    m_plot->yAxis->setRange(low - room, high + room);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void SeriesPlot::drawNow(double pixelRatio) {
    m_plot->setBufferDevicePixelRatio(pixelRatio);
    m_plot->replot(QCustomPlot::rpImmediateRefresh);
}

int SeriesPlot::drawnPoints() const {
    int points = 0;
    for (int i = 0; i < m_plot->graphCount(); ++i)
        points += m_plot->graph(i)->dataCount();
    return points;
}

/// For those who hear the figure.
void SeriesPlot::describe() {
    QStringList words;
    for (const PlotSeries& series : m_series) {
        const auto last = std::find_if(series.values.rbegin(), series.values.rend(),
                                       [](double value) { return std::isfinite(value); });
        if (last != series.values.rend())
            words << tr("%1 ends at %2").arg(series.name, significant(*last));
    }
    setAccessibleDescription(words.join(QStringLiteral(", ")));
}

} // namespace sightline::ui
