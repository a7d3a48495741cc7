// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/CostPanel.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "look/Words.h"
#include "models/Table.h"
#include "network/Freezing.h"
#include "network/MixedPrecision.h"
#include "network/TrainingMemory.h"
#include "pages/explain/SettingsDifference.h"
#include "support/Files.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {

QString secondsText(double seconds) {
    if (seconds < 90)
        return CostPanel::tr("%1 s").arg(significant(seconds));
    return seconds < 5400 ? CostPanel::tr("%1 min").arg(significant(seconds / 60))
                          : CostPanel::tr("%1 h").arg(significant(seconds / 3600));
}

/// Weights that train, of all.
std::int64_t trainable(const GraphCost& cost, std::size_t frozen) {
    std::int64_t count = 0;
    for (std::size_t i = frozen; i < cost.nodes.size(); ++i)
        count += cost.nodes[i].parameters;
    return count;
}

/// Whether the same epoch would take the same time: everything but names and rates.
bool takesAsLong(Experiment a, const Experiment& b) {
    a.name = b.name;
    a.seed = b.seed;
    a.training.epochs = b.training.epochs;
    a.training.optimizer = b.training.optimizer;
    return a == b;
}

} // namespace

CostPanel::CostPanel(Session& session, QWidget* parent) : QWidget(parent), m_session(session) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, theme::kGrid);
    auto* title = new QLabel(tr("Training cost"));
    title->setFont(theme::font(theme::Size::Base, true));
    column->addWidget(title);
    m_frozen = named(new QComboBox, "frozenUpTo", tr("Frozen layers"));
    m_frozen->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_trains = mutedLabel({});
    m_trains->setObjectName(QStringLiteral("trainableCount"));
    m_problem = named(new QLabel, "freezingProblem");
    m_problem->setProperty("bad", true);
    m_problem->setWordWrap(true);
    m_memory = named(new QLabel, "trainingMemory");
    m_memory->setWordWrap(true);
    m_time = named(new QLabel, "epochTime");
    m_time->setWordWrap(true);
    m_measure = button(tr("Measure an epoch"), {}, "measureEpoch",
                       tr("Trains a copy for two seconds and extrapolates; nothing is kept"));
    for (QWidget* widget : std::initializer_list<QWidget*>{m_frozen, m_trains, m_problem, m_memory, m_time, m_measure})
        column->addWidget(widget);
    connect(m_frozen, &QComboBox::activated, this, &CostPanel::chooseFrozen);
    connect(m_measure, &QPushButton::clicked, this, &CostPanel::measure);
    connect(&session.runs(), &RunDesk::stateChanged, this, &CostPanel::enableMeasuring);
    connect(&session.questions(), &Questions::epochMeasured, this, &CostPanel::showTime);
    connect(&session.questions(), &Questions::epochMeasureFailed, this, [this](const QString& message) {
        m_time->setText(message);
        enableMeasuring();
    });
    clear();
}

void CostPanel::show(const GraphSpec& graph, const GraphCost& cost) {
    showFreezing(graph);
    showMemory(graph, cost);
    forgetTime();
    m_frozen->setEnabled(true);
    enableMeasuring();
}

void CostPanel::clear() {
    m_frozen->setEnabled(false);
    m_trains->clear();
    m_problem->hide();
    m_memory->clear();
    forgetTime();
    m_measure->setEnabled(false);
}

void CostPanel::showFreezing(const GraphSpec& graph) {
    m_filling = true;
    m_frozen->clear();
    m_frozen->addItem(tr("Nothing frozen"), QStringLiteral("none"));
    m_frozen->addItem(tr("Base frozen, classifier trained"), QStringLiteral("base"));
    const std::vector<NodeBlock> blocks = blocksOf(graph);
    for (std::size_t i = 0; i + 1 < blocks.size(); ++i) // with the last block nothing would train
        m_frozen->addItem(tr("Frozen up to %1").arg(QString::fromStdString(blocks[i].id)),
                          QString::fromStdString(blocks[i].id));
    const QString chosen = QString::fromStdString(m_session.document().experiment().model.freeze);
    if (m_frozen->findData(chosen) < 0)
        m_frozen->addItem(tr("Frozen up to %1").arg(chosen), chosen);
    m_frozen->setCurrentIndex(m_frozen->findData(chosen));
    m_filling = false;
    const std::vector<Problem> problems = freezingProblems(graph, m_session.document().experiment());
    m_problem->setText(problems.empty() ? QString() : problemWords(problems.front()));
    m_problem->setVisible(!problems.empty());
}

void CostPanel::showMemory(const GraphSpec& graph, const GraphCost& cost) {
    const Experiment& experiment = m_session.document().experiment();
    TrainingMemoryRequest request;
    request.batch = experiment.training.batchSize;
    request.bf16 = usesBf16(experiment.training.precision, graph);
    request.frozen =
        freezePlan(graph, experiment.model.freeze, experiment.training.fineTune, experiment.training.epochs).frozen;
    const std::int64_t needed = trainingMemory(graph, cost, request).total();
    const auto free = static_cast<std::int64_t>(availableMemoryBytes());
    const int largest = largestBatch(graph, cost, request, free);
    m_trains->setText(tr("%1 of %2 parameters are trained")
                          .arg(compact(static_cast<double>(trainable(cost, request.frozen))),
                               compact(static_cast<double>(cost.parameters))));
    m_memory->setText(tr("About %1 of memory at batch size %2, %3 free; up to batch size %4 fits")
                          .arg(bytesText(needed))
                          .arg(request.batch)
                          .arg(bytesText(free))
                          .arg(grouped(largest)));
    setLook(*m_memory, "bad", needed > free);
}

void CostPanel::chooseFrozen(int item) {
    if (m_filling)
        return;
    Experiment next = m_session.document().experiment();
    next.model.freeze = m_frozen->itemData(item).toString().toStdString();
    m_session.document().setExperiment(std::move(next));
}

void CostPanel::measure() {
    m_measured = m_session.document().experiment();
    m_session.questions().measureEpoch();
    m_time->setText(tr("Measuring…"));
    enableMeasuring();
}

/// A time of another network, of other images or another batch size says nothing.
void CostPanel::forgetTime() {
    if (takesAsLong(m_measured, m_session.document().experiment()))
        return;
    m_session.questions().cancelMeasuring();
    m_time->clear();
}

void CostPanel::showTime(const EpochTime& time, const Experiment& of) {
    m_measured = of;
    const QString epoch =
        tr("About %1 per epoch, %2 images/s").arg(secondsText(time.secondsPerEpoch), significant(time.imagesPerSecond));
    m_time->setText(time.secondsOnce > 0
                        ? tr("%1, plus %2 once for the features").arg(epoch, secondsText(time.secondsOnce))
                        : epoch);
    forgetTime();
    enableMeasuring();
}

void CostPanel::enableMeasuring() {
    const bool images = m_session.data().dataset() != nullptr, idle = m_session.runs().isIdle();
    m_measure->setEnabled(!m_session.questions().isMeasuring() && images && idle);
    m_measure->setToolTip(!images ? tr("Open images first")
                          : !idle ? tr("A run is in progress")
                                  : tr("Trains a copy for two seconds and extrapolates; nothing is kept"));
}

} // namespace sightline::ui
