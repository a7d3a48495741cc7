// SPDX-License-Identifier: GPL-3.0-or-later
#include "plot/CurvePlot.h"

#include <QFile>
#include <QFontMetricsF>
#include <QLabel>
#include <QSvgGenerator>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <utility>

#include "look/Theme.h"
#include "look/Words.h"
#include "plot/LabelLayout.h"
#include "plot/PlotAxis.h"
#include "plot/QCustomPlotInclude.h"

namespace sightline::ui {

namespace {
constexpr int kRedrawMs = 40, kTickRoom = 24; ///< pixels between two values of the axis
constexpr double kMarker = 7, kRoomAtTheEnd = 1.012, kEndGap = 6;

QSizeF sizeOf(const QCPItemText* label) {
    return QFontMetricsF(label->font()).size(0, label->text());
}

QCPItemStraightLine* verticalLine(QCustomPlot* plot, const QPen& pen) {
    auto* line = new QCPItemStraightLine(plot);
    line->setPen(pen);
    return line;
}

void moveTo(QCPItemStraightLine* line, double x) {
    line->point1->setCoords(x, 0.5);
    line->point2->setCoords(x, 1);
}
} // namespace

CurvePlot::CurvePlot(const QString& title, Unit unit, QWidget* parent)
    : QWidget(parent), m_unit(unit), m_plot(new QCustomPlot(this)) {
    layOutPlot(*this, title, *m_plot);
    setMinimumHeight(150);
    m_plot->xAxis->setLabel(tr("Epoch"));
    auto epochs = QSharedPointer<QCPAxisTickerFixed>::create(); // whole epochs only
    epochs->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
    epochs->setTickCount(8);
    m_plot->xAxis->setTicker(epochs);
    m_plot->axisRect()->setAutoMargins(QCP::msLeft | QCP::msBottom);
    m_plot->axisRect()->setMargins(QMargins(0, 18, 76, 0));

    QColor faint = theme::color(Role::Training);
    faint.setAlphaF(0.3f);
    for (auto** graph : {&m_ghostTraining, &m_ghostValidation}) {
        *graph = m_plot->addGraph();
        (*graph)->setPen(
            QPen(theme::color(Role::Muted), 1.2, graph == &m_ghostTraining ? Qt::SolidLine : Qt::DashLine));
    }
    m_batches = m_plot->addGraph();
    m_batches->setPen(QPen(faint, 1));
    m_training = m_plot->addGraph();
    m_training->setPen(QPen(theme::color(Role::Training), 2.4));
    m_validation = m_plot->addGraph();
    m_validation->setPen(QPen(theme::color(Role::Validation), 1.4));
    m_validation->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(theme::color(Role::Surface), 1),
                                                  theme::color(Role::Validation), kMarker));
    m_trainingEnd = endLabel(theme::color(Role::Training));
    m_validationEnd = endLabel(theme::color(Role::Validation));
    m_bestLine = verticalLine(m_plot, QPen(theme::color(Role::Good), 1, Qt::DashLine));
    m_cursor = verticalLine(m_plot, QPen(theme::color(Role::Accent), 2));
    m_cursor->setVisible(false);
    m_bestWords = endLabel(theme::color(Role::Good));
    m_read = endLabel(theme::color(Role::Text));
    m_read->position->setType(QCPItemPosition::ptAxisRectRatio);
    m_read->position->setCoords(0.01, 0.01);
    for (auto* words : {m_bestWords, m_read})
        words->setVisible(false);
    m_bestLine->setVisible(false);
    m_marks =
        std::make_unique<PlotMarks>(m_plot, unit == Unit::Percent ? PlotMarks::Side::Bottom : PlotMarks::Side::Top);
    m_lane = std::make_unique<RateLane>(m_plot);

    connect(m_plot, &QCustomPlot::afterLayout, this, [this] { // also when it is resized or zoomed
        placeLabels();
        m_marks->redraw();
        m_lane->redraw();
    });
    m_timer.setSingleShot(true);
    m_timer.setInterval(kRedrawMs);
    connect(&m_timer, &QTimer::timeout, this, &CurvePlot::redraw);
    connect(m_plot, &QCustomPlot::mouseWheel, this, [this] { m_followsData = false; });
    connect(m_plot, &QCustomPlot::mouseDoubleClick, this, [this] {
        m_followsData = true;
        schedule();
    });
    connect(m_plot, &QCustomPlot::mouseMove, this, [this](const QMouseEvent* event) {
        if (event->buttons() & Qt::LeftButton)
            m_followsData = false;
        readAt(event->position());
    });
    clear(1);
}

QCPItemText* CurvePlot::endLabel(const QColor& color) {
    auto* label = new QCPItemText(m_plot);
    label->setColor(color);
    label->setFont(theme::font(theme::Size::Small, true));
    label->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
    label->position->setType(QCPItemPosition::ptAbsolute);
    label->setClipToAxisRect(false);
    label->setVisible(false);
    return label;
}

void CurvePlot::setPlanned(int epochs) {
    m_planned = std::max(1, epochs);
    schedule();
}

void CurvePlot::clear(int plannedEpochs) {
    setPlanned(plannedEpochs);
    m_followsData = true;
    for (auto* graph : {m_ghostTraining, m_ghostValidation, m_batches, m_training, m_validation})
        graph->data()->clear();
    m_envelope.clear();
    m_empty = true;
    m_stale = true;
    m_marks->clear();
    m_lane->clear();
    setBest(0);
}

void CurvePlot::addBatch(double epoch, double value) {
    if (std::isfinite(value)) {
        m_envelope.add(epoch, value);
        m_stale = true;
        widen(value);
    }
    schedule();
}

void CurvePlot::addEpoch(int epoch, double training, std::optional<double> validation) {
    if (std::isfinite(training)) {
        m_training->addData(epoch, training);
        widen(training);
    }
    if (validation && std::isfinite(*validation)) {
        m_validation->addData(epoch, *validation);
        widen(*validation);
    }
    describe();
    schedule();
}

void CurvePlot::setBest(int epoch) {
    m_bestLine->setVisible(epoch > 0);
    m_bestWords->setVisible(epoch > 0);
    moveTo(m_bestLine, epoch);
    m_bestWords->setText(tr("best: %1").arg(epoch));
    describe();
    schedule();
}

void CurvePlot::setCursor(double epoch) {
    m_cursor->setVisible(epoch > 0);
    moveTo(m_cursor, epoch);
    schedule();
}

double CurvePlot::cursor() const {
    return m_cursor->visible() ? m_cursor->point1->coords().x() : 0;
}

void CurvePlot::addMark(double epoch, const QString& words, PlotMarks::Kind kind) {
    m_marks->add(epoch, words, kind);
    describe();
    schedule();
}

void CurvePlot::addGhostEpoch(int epoch, double training, std::optional<double> validation) {
    if (std::isfinite(training)) {
        m_ghostTraining->addData(epoch, training);
        widen(training);
    }
    if (validation && std::isfinite(*validation)) {
        m_ghostValidation->addData(epoch, *validation);
        widen(*validation);
    }
    schedule();
}

void CurvePlot::setLogarithmic(bool on) {
    m_plot->yAxis->setScaleType(on ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    if (on)
        m_plot->yAxis->setTicker(QSharedPointer<QCPAxisTickerLog>::create());
    else
        m_plot->yAxis->setTicker(QSharedPointer<QCPAxisTicker>::create());
    m_plot->yAxis->ticker()->setTickCount(5);
    schedule();
}

int CurvePlot::validationPoints() const {
    return m_validation->dataCount();
}

int CurvePlot::ghostPoints() const {
    return m_ghostTraining->dataCount();
}

bool CurvePlot::save(const QString& file) {
    redraw();
    if (file.endsWith(QLatin1String(".csv"), Qt::CaseInsensitive)) {
        QFile out(file);
        if (!out.open(QIODevice::WriteOnly))
            return false;
        QByteArray text("epoch,training,validation\n");
        for (const auto& point : *m_training->data()) {
            const auto found = m_validation->data()->findBegin(point.key, false);
            const bool has = found != m_validation->data()->constEnd() && found->key == point.key;
            text += QByteArray::number(point.key) + ',' + QByteArray::number(point.value, 'g', 9) + ',' +
                    (has ? QByteArray::number(found->value, 'g', 9) : QByteArray()) + '\n';
        }
        return out.write(text) == text.size();
    }
    if (file.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
        QSvgGenerator svg;
        svg.setFileName(file);
        svg.setSize(m_plot->size());
        svg.setViewBox(m_plot->rect());
        QCPPainter painter;
        if (!painter.begin(&svg))
            return false;
        m_plot->toPainter(&painter, m_plot->width(), m_plot->height());
        return painter.end();
    }
    return m_plot->savePng(file, m_plot->width(), m_plot->height(), 2.0);
}

void CurvePlot::setCompact(bool on) {
    m_plot->xAxis->setLabel(on ? QString() : tr("Epoch"));
    schedule();
}

void CurvePlot::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    schedule();
}

void CurvePlot::drawNow(double pixelRatio) {
    m_plot->setBufferDevicePixelRatio(pixelRatio);
    redraw();
}

/// For those who hear the figure.
void CurvePlot::describe() {
    QStringList words;
    for (const auto& [graph, name] : {std::pair{m_training, tr("train %1")}, std::pair{m_validation, tr("val %1")}})
        if (graph->dataCount() > 0)
            words << name.arg(valueText((graph->data()->constEnd() - 1)->value));
    if (const QCPGraph* longest = m_training->dataCount() > 0 ? m_training : m_validation; longest->dataCount() > 0)
        words.prepend(tr("Epoch %1").arg((longest->data()->constEnd() - 1)->key));
    if (m_bestLine->visible())
        words << m_bestWords->text();
    setAccessibleDescription((words + marks()).join(QStringLiteral(", ")));
}

void CurvePlot::schedule() {
    if (!m_timer.isActive())
        m_timer.start();
}

void CurvePlot::redraw() {
    m_timer.stop();
    if (m_followsData)
        fit();
    m_plot->yAxis->ticker()->setTickCount(std::clamp(m_plot->axisRect()->height() / kTickRoom, 2, 5));
    showBatches();
    showEnd(m_trainingEnd, m_training->dataCount() > 0 ? m_training : m_batches);
    showEnd(m_validationEnd, m_validation);
    m_plot->replot(QCustomPlot::rpImmediateRefresh);
}

void CurvePlot::fit() {
    m_plot->xAxis->setRange(0, m_planned * kRoomAtTheEnd);
    if (m_unit == Unit::Percent) {
        m_plot->yAxis->setRange(0, 100);
        return;
    }
    const double low = m_empty ? 0 : m_low, high = m_empty ? 1 : m_high;
    if (m_plot->yAxis->scaleType() == QCPAxis::stLogarithmic)
        m_plot->yAxis->setRange(std::max(1e-6, low * 0.8), std::max(1e-5, high * 1.2));
    else
        m_plot->yAxis->setRange(std::min(0.0, low), high <= 0 ? 1 : high * 1.05);
}

void CurvePlot::widen(double value) {
    m_low = m_empty ? value : std::min(m_low, value);
    m_high = m_empty ? value : std::max(m_high, value);
    m_empty = false;
}

void CurvePlot::showBatches() {
    if (!std::exchange(m_stale, false))
        return;
    QVector<QCPGraphData> points;
    for (const Envelope::Point& point : m_envelope.points())
        points.append({point.key, point.value});
    m_batches->data()->set(points, true);
}

QString CurvePlot::valueText(double value) const {
    return m_unit == Unit::Percent ? percent(value / 100) : significant(value);
}

void CurvePlot::showEnd(QCPItemText* label, const QCPGraph* graph) {
    label->setVisible(graph->dataCount() > 0);
    if (graph->dataCount() > 0)
        label->setText((graph == m_validation ? tr("val %1") : tr("train %1"))
                           .arg(valueText((graph->data()->constEnd() - 1)->value)));
}

/// Above the figure, in the middle of its line, beside what stands at the axis.
QRectF CurvePlot::bestPlace() const {
    const QRect inside = m_plot->axisRect()->rect();
    const QSizeF size = sizeOf(m_bestWords);
    const double x = m_plot->xAxis->coordToPixel(m_bestLine->point1->coords().x());
    return {{std::max<double>(inside.left(), x - size.width() / 2), inside.top() - size.height()}, size};
}

/// At the right of a curve's last value.
QRectF CurvePlot::endPlace(const QCPItemText* label, const QCPGraph* graph) const {
    const auto last = graph->data()->constEnd() - 1;
    const QCPRange range = m_plot->yAxis->range();
    const QSizeF size = sizeOf(label);
    const double y = m_plot->yAxis->coordToPixel(std::clamp(last->value, range.lower, range.upper));
    return {{m_plot->xAxis->coordToPixel(last->key) + kEndGap, y - size.height() / 2}, size};
}

void CurvePlot::placeLabels() {
    std::vector<std::pair<QCPItemText*, QRectF>> ends;
    for (const auto& [label, graph] : {std::pair(m_trainingEnd, m_training->dataCount() > 0 ? m_training : m_batches),
                                       std::pair(m_validationEnd, m_validation)})
        if (label->visible() && graph->dataCount() > 0)
            ends.emplace_back(label, endPlace(label, graph));
    std::vector<QRectF> places;
    for (const auto& [label, place] : ends)
        places.push_back(place);
    const QRectF best = m_bestWords->visible() ? bestPlace() : QRectF();
    m_labelPlaces = laidOut(std::move(places), best, 0, m_plot->axisRect()->bottom() + 1); // above the axis' numbers
    for (std::size_t i = 0; i < ends.size(); ++i)
        ends[i].first->position->setCoords(m_labelPlaces[i].topLeft());
    if (best.isNull())
        return;
    m_bestWords->position->setCoords(best.topLeft());
    m_labelPlaces.push_back(best);
}

void CurvePlot::readAt(const QPointF& place) {
    const auto epoch = static_cast<double>(std::llround(m_plot->xAxis->pixelToCoord(place.x())));
    QStringList words;
    for (const auto& [graph, name] : {std::pair{m_training, tr("train %1")}, std::pair{m_validation, tr("val %1")}}) {
        const auto found = graph->data()->findBegin(epoch, false);
        if (found != graph->data()->constEnd() && found->key == epoch)
            words << name.arg(valueText(found->value));
    }
    QString text = words.isEmpty() ? QString() : tr("Epoch %1: %2").arg(epoch).arg(words.join(QStringLiteral(", ")));
    if (const QString mark = m_marks->wordsNear(place.x()); !mark.isEmpty())
        text += (text.isEmpty() ? QString() : QStringLiteral(" · ")) + mark;
    m_read->setVisible(!text.isEmpty());
    m_read->setText(text);
    schedule();
}

} // namespace sightline::ui
