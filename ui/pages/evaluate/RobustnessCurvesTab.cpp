// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/RobustnessCurvesTab.h"

#include <QComboBox>
#include <QGridLayout>
#include <QSignalBlocker>

#include "bridge/PlainWords.h"
#include "look/CorruptionWords.h"
#include "look/Icons.h"
#include "look/Words.h"
#include "pages/evaluate/CurveTile.h"
#include "pages/evaluate/NotCounted.h"
#include "widgets/ProgressBar.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr int kColumns = 3;

/// The experiment with a remedy in its augmentation; nothing where it cannot be.
std::optional<Experiment> remedied(const Experiment& experiment, Corruption kind, double strength) {
    Json document = toJson(experiment);
    const DataSettings& data = experiment.data;
    for (const Setting& setting : augmentationAgainst(kind, strength, data.imageHeight, data.imageWidth))
        if (!setSetting(document, setting.path, setting.value))
            return std::nullopt;
    const auto made = experimentFromJson(document);
    return made ? std::optional(*made) : std::nullopt;
}

const Robustness::Curve* curveOf(const Robustness& robustness, Corruption kind) {
    for (const auto& curve : robustness.curves)
        if (curve.kind == kind)
            return &curve;
    return nullptr;
}
} // namespace

RobustnessCurvesTab::RobustnessCurvesTab(Session& session, QWidget* parent)
    : EvaluateTab(parent), m_session(session), m_asker(session) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(theme::kGrid);
    m_note = named(mutedLabel({}), "robustnessNote");
    m_progress = new ProgressBar("robustnessProgress", tr("Progress of the measurement"));
    column->addLayout(makeTools());
    column->addWidget(m_note);
    column->addWidget(m_progress);
    m_figures = makeTiles();
    column->addWidget(m_figures, 1);
    column->addStretch(0);
    connect(&m_asker, &Asker::busyChanged, this, &RobustnessCurvesTab::showState);
    connect(&m_asker, &Asker::progressed, m_progress, &ProgressBar::setProgress);
    connect(&session.runs(), &RunDesk::runChanged, this, &RobustnessCurvesTab::forget);
    connect(&m_asker, &CheckpointAsker::left, this, &RobustnessCurvesTab::forget);
    connect(&m_asker, &CheckpointAsker::replaced, this, &RobustnessCurvesTab::showState);
    connect(&session.data(), &DataDesk::opened, this, &RobustnessCurvesTab::forget);
    connect(&session.document(), &ExperimentDocument::changed, this, &RobustnessCurvesTab::showRemedies);
    showState();
}

QLayout* RobustnessCurvesTab::makeTools() {
    auto* tools = new QHBoxLayout;
    tools->setSpacing(theme::kGrid);
    m_measure = button(tr("Measure"), QStringLiteral("view-refresh"), "measureRobustness");
    m_class = named(new QComboBox, "robustnessClass", tr("Class whose curves are shown"));
    m_class->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_class->setMinimumContentsLength(14);
    tools->addWidget(m_measure);
    tools->addWidget(m_class);
    tools->addStretch(1);
    connect(m_measure, &QPushButton::clicked, this, &RobustnessCurvesTab::measure);
    connect(m_class, &QComboBox::currentIndexChanged, this, &RobustnessCurvesTab::chooseClass);
    return tools;
}

QWidget* RobustnessCurvesTab::makeTiles() {
    auto* figures = new QWidget;
    auto* grid = new QGridLayout(figures);
    grid->setContentsMargins({});
    grid->setHorizontalSpacing(2 * theme::kGrid);
    grid->setVerticalSpacing(theme::kGrid);
    for (const Corruption kind : corruptions()) {
        const int place = static_cast<int>(m_tiles.size());
        auto* tile = new CurveTile(kind);
        m_tiles.push_back(tile);
        grid->addWidget(tile, place / kColumns, place % kColumns);
        connect(tile, &CurveTile::remedyAsked, this, [this, tile] { add(*tile); });
    }
    for (int i = 0; i < kColumns; ++i)
        grid->setColumnStretch(i, 1);
    return figures;
}

void RobustnessCurvesTab::setEvaluation(std::shared_ptr<const Evaluation> evaluation) {
    const bool isOfAnotherSplit = evaluation && m_evaluation && evaluation->split != m_evaluation->split;
    m_evaluation = std::move(evaluation);
    if (isOfAnotherSplit)
        forget();
}

void RobustnessCurvesTab::clearChoice() {
    const QSignalBlocker quiet(this);
    m_class->setCurrentIndex(0);
}

void RobustnessCurvesTab::measure() {
    if (m_asker.isBusy())
        return m_asker.cancel();
    if (!m_session.runs().run())
        return;
    m_failure.clear();
    m_progress->setProgress(0, 0);
    m_asker.ask(
        tr("Measuring robustness"),
        [split = m_evaluation ? m_evaluation->split : std::string()](const std::stop_token&) {
            RobustnessQuestion question;
            question.split = split;
            return question;
        },
        [this](Result<Robustness> found) {
            if (found)
                m_robustness = std::move(*found);
            else
                m_failure = plainWords(found.error());
            showCurves();
            showState();
        });
}

/// Another run is in view, another checkpoint, or other images.
void RobustnessCurvesTab::forget() {
    m_asker.forget();
    m_robustness.reset();
    m_failure.clear();
    const QSignalBlocker quiet(m_class);
    m_class->clear();
    showState();
}

void RobustnessCurvesTab::showState() {
    const bool busy = m_asker.isBusy();
    m_measure->setText(busy ? tr("Cancel") : m_robustness ? tr("Measure again") : tr("Measure"));
    m_measure->setAccessibleName(m_measure->text());
    m_measure->setToolTip(
        busy ? tr("Cancel the measurement")
             : tr("Evaluate the network on images made worse in nine ways, each in several strengths"));
    theme::setIcon(*m_measure, busy ? QStringLiteral("media-playback-stop") : QStringLiteral("view-refresh"),
                   Role::Text);
    m_progress->setVisible(busy);
    m_class->setVisible(m_robustness.has_value());
    m_figures->setVisible(m_robustness.has_value());
    if (!m_failure.isEmpty())
        m_note->setText(m_failure);
    else if (m_robustness)
        m_note->setText(m_asker.sayingWhose(
            tr("Accuracy on %1 (%2), from the images as they are to the worst.")
                .arg(counted(static_cast<qlonglong>(m_robustness->images), tr("%1 image"), tr("%1 images")),
                     QString::fromStdString(m_robustness->split)) +
            notCounted(m_robustness->skipped)));
    else
        m_note->setText(tr("How much does accuracy fall when images are turned, darker, blurred or noisy? Each kind is "
                           "tried in several strengths, which takes as long as some forty evaluations."));
}

void RobustnessCurvesTab::showCurves() {
    if (!m_robustness)
        return;
    if (m_class->count() == 0) {
        const QSignalBlocker quiet(m_class);
        m_class->clear();
        m_class->addItem(tr("All classes"));
        for (const std::string& name : m_robustness->classes)
            m_class->addItem(QString::fromStdString(name));
    }
    for (CurveTile* tile : m_tiles) {
        const auto* curve = curveOf(*m_robustness, tile->kind());
        tile->setVisible(curve != nullptr);
        if (curve)
            tile->setCurve(*m_robustness, *curve, m_class->currentIndex() - 1);
    }
    showRemedies();
}

/// Where a curve falls there is something to train against, unless the settings do so already.
void RobustnessCurvesTab::showRemedies() {
    if (!m_robustness)
        return;
    const Experiment& now = m_session.document().experiment();
    for (CurveTile* tile : m_tiles) {
        const auto* curve = curveOf(*m_robustness, tile->kind());
        const auto falls = curve ? fallsAt(*curve) : std::nullopt;
        const auto better = falls ? remedied(now, tile->kind(), *falls) : std::nullopt;
        tile->setRemedy(!better                                    ? CurveTile::Remedy::NotNeeded
                        : better->augmentation == now.augmentation ? CurveTile::Remedy::There
                                                                   : CurveTile::Remedy::Offered,
                        falls.value_or(0));
    }
}

void RobustnessCurvesTab::chooseClass() {
    showCurves();
    const int label = m_class->currentIndex() - 1;
    if (m_evaluation)
        Q_EMIT filtered(GalleryFilter::ofCell(*m_evaluation, label, -1));
}

void RobustnessCurvesTab::add(const CurveTile& tile) {
    const auto falls = fallsAt(*curveOf(*m_robustness, tile.kind()));
    auto better = remedied(m_session.document().experiment(), tile.kind(), *falls);
    if (!better || !m_session.document().setExperiment(std::move(*better)))
        return;
    Q_EMIT said(tr("The augmentation now has %1 up to %2: train again to see what it brings. Ctrl+Z takes it back.")
                    .arg(titleOf(tile.kind()), strengthText(tile.kind(), *falls)),
                true);
}

} // namespace sightline::ui
