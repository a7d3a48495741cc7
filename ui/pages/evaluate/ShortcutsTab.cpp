// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/ShortcutsTab.h"

#include <QListWidget>
#include <QSignalBlocker>

#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "bridge/PlainWords.h"
#include "engine/questions/MapsReport.h"
#include "look/Icons.h"
#include "look/Words.h"
#include "models/HeatModel.h"
#include "models/SampleModel.h"
#include "pages/evaluate/NotCounted.h"
#include "pages/explain/MapControls.h"
#include "widgets/ProgressBar.h"
#include "widgets/Surface.h"
#include "widgets/TileView.h"

namespace sightline::ui {

namespace {
constexpr int kMapSide = 80, kMostOfHints = 96; ///< pixels
}

ShortcutsTab::ShortcutsTab(Session& session, Thumbnails& thumbnails, QWidget* parent)
    : EvaluateTab(parent), m_session(session), m_asker(session) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(theme::kGrid);
    m_measure = button(tr("Look for shortcuts"), QStringLiteral("view-refresh"), "measureShortcuts");
    m_note = named(mutedLabel({}), "shortcutsNote");
    m_progress = new ProgressBar("shortcutsProgress", tr("Progress of the heat maps"));
    makeHints();
    makeMaps();
    makeBehind(thumbnails);
    column->addWidget(m_measure, 0, Qt::AlignLeft);
    column->addWidget(m_note);
    column->addWidget(m_progress);
    column->addWidget(m_hints);
    column->addWidget(m_maps, 1);
    column->addWidget(m_behindTitle);
    column->addWidget(m_behind, 1);
    column->addStretch(0);
    connect(m_measure, &QPushButton::clicked, this, &ShortcutsTab::measure);
    connect(&m_asker, &Asker::busyChanged, this, &ShortcutsTab::showState);
    connect(&m_asker, &Asker::progressed, m_progress, &ProgressBar::setProgress);
    connect(&session.runs(), &RunDesk::runChanged, this, &ShortcutsTab::forget);
    connect(&m_asker, &CheckpointAsker::left, this, &ShortcutsTab::forget);
    connect(&m_asker, &CheckpointAsker::replaced, this, &ShortcutsTab::showState);
    connect(&session.data(), &DataDesk::opened, this, &ShortcutsTab::forget);
    showState();
}

void ShortcutsTab::makeHints() {
    m_hints = named(new QListWidget, "shortcutHints", tr("Hints: classes whose heat lies in a suspicious place"));
    m_hints->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_hints->setWordWrap(true);
    m_hints->setResizeMode(QListView::Adjust);
    m_hints->setSizeAdjustPolicy(QAbstractScrollArea::AdjustToContents);
    m_hints->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Maximum);
    m_hints->setMinimumHeight(4 * theme::kGrid);
    m_hints->setMaximumHeight(kMostOfHints);
    connect(m_hints, &QListWidget::currentRowChanged, this, &ShortcutsTab::chooseHint);
}

void ShortcutsTab::makeMaps() {
    m_heat = new HeatModel(this);
    m_maps = named(new TileView(2), "meanMaps", tr("Mean heat map of each class"));
    m_maps->setSide(kMapSide);
    m_maps->setModel(m_heat);
    const MapLook& look = m_session.mapLook();
    const auto showLook = [this, &look] { m_heat->setLook(look.colors(), look.threshold()); };
    connect(&look, &MapLook::changed, m_heat, showLook);
    showLook();
    connect(m_maps->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& current) {
        if (!current.isValid())
            return;
        takeHintBack();
        chooseClass(m_heat->classAt(current.row()));
    });
}

void ShortcutsTab::makeBehind(Thumbnails& thumbnails) {
    m_behindTitle = named(mutedLabel({}), "behindTitle");
    m_samples = new SampleModel(thumbnails, this);
    m_behind = named(new TileView(1), "behindHint", tr("Images behind the hint"));
    m_behind->setSide(kMapSide);
    m_behind->setModel(m_samples);
    connect(m_behind->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& current) {
        if (current.isValid())
            m_session.questions().explain({m_samples->sample(current.row()), {}});
    });
}

void ShortcutsTab::setEvaluation(std::shared_ptr<const Evaluation> evaluation) {
    const bool isOfAnotherSplit = evaluation && m_evaluation && evaluation->split != m_evaluation->split;
    m_evaluation = std::move(evaluation);
    if (isOfAnotherSplit)
        forget();
}

void ShortcutsTab::clearChoice() {
    takeHintBack();
    takeClassBack();
}

void ShortcutsTab::takeHintBack() {
    const QSignalBlocker quiet(m_hints);
    m_hints->setCurrentRow(-1);
    chooseHint(-1);
}

void ShortcutsTab::takeClassBack() {
    m_maps->setCurrentIndex({});
    m_maps->clearSelection();
}

void ShortcutsTab::measure() {
    if (m_asker.isBusy())
        return m_asker.cancel();
    if (!m_session.runs().run())
        return;
    m_failure.clear();
    m_progress->setProgress(0, 0);
    m_asker.ask(
        tr("Looking for shortcuts"),
        [split = m_evaluation ? m_evaluation->split : std::string()](const std::stop_token&) {
            MapsReportQuestion question;
            question.split = split;
            return question;
        },
        [this](Result<MapsReport> report) {
            if (report)
                m_report = std::move(*report);
            else
                m_failure = plainWords(report.error());
            showReport();
            showState();
        });
}

/// Another run is in view, another checkpoint, or other images.
void ShortcutsTab::forget() {
    m_asker.forget();
    m_report.reset();
    m_failure.clear();
    showReport();
    showState();
}

void ShortcutsTab::showState() {
    const bool busy = m_asker.isBusy(), hinted = m_report && !m_report->hints.empty();
    m_measure->setText(busy ? tr("Cancel") : m_report ? tr("Look again") : tr("Look for shortcuts"));
    m_measure->setAccessibleName(m_measure->text());
    m_measure->setToolTip(busy ? tr("Cancel the heat maps")
                               : tr("Compute the heat map of every image and sum them up, class by class"));
    theme::setIcon(*m_measure, busy ? QStringLiteral("media-playback-stop") : QStringLiteral("view-refresh"),
                   Role::Text);
    m_progress->setVisible(busy);
    m_hints->setVisible(hinted);
    m_maps->setVisible(m_report.has_value());
    if (!m_failure.isEmpty())
        m_note->setText(m_failure);
    else if (!m_report)
        m_note->setText(tr("Does the network look at the object, or at something that merely goes with the class: a "
                           "sticker, a frame, the background? The heat maps of all images are summed up by class."));
    else if (hinted)
        m_note->setText(tr("A class may be told by something beside its objects. Choose a hint to see the images. %1")
                            .arg(aboutReport()));
    else
        m_note->setText(tr("No hint of a shortcut in %1. %2 %3")
                            .arg(counted(static_cast<qlonglong>(m_report->images), tr("%1 image"), tr("%1 images")),
                                 QString::fromStdString(sentenceOnObjects(*m_report)), aboutReport()));
}

QString ShortcutsTab::aboutReport() const {
    QString words = tr("Heat maps by %1.").arg(titleOf(MapsReportQuestion().method));
    if (m_report->empty > 0)
        words += counted(static_cast<qlonglong>(m_report->empty), tr(" %1 of them is empty and counts for nothing."),
                         tr(" %1 of them are empty and count for nothing."));
    for (const std::string& note : m_report->notes)
        words += QLatin1Char(' ') + QString::fromStdString(note);
    return m_asker.sayingWhose(words + notCounted(m_report->skipped));
}

void ShortcutsTab::showReport() {
    const QSignalBlocker hints(m_hints);
    m_hints->clear();
    std::vector<std::size_t> hinted;
    if (m_report)
        for (const MapsHint& hint : m_report->hints) {
            const QString sentence = QString::fromStdString(sentenceOn(hint, m_report->classes));
            m_hints->addItem(sentence);
            hinted.push_back(hint.hint.classIndex);
        }
    m_heat->setClasses(m_report ? m_report->classes : std::vector<ClassHeat>(), hinted);
    m_samples->setDataset(m_session.data().dataset());
    chooseHint(-1);
}

/// The gallery shows the images behind a hint. Where these are not among those evaluated, they are shown here, and in
/// the gallery those of the class.
void ShortcutsTab::chooseHint(int row) {
    const bool isChosen = m_report && m_evaluation && row >= 0;
    const MapsHint* hint = isChosen ? &m_report->hints[static_cast<std::size_t>(row)] : nullptr;
    const bool isElsewhere = hint && hint->split != m_evaluation->split;
    if (hint)
        takeClassBack();
    m_behind->setVisible(isElsewhere);
    m_behindTitle->setVisible(isElsewhere);
    if (isElsewhere) {
        showBehind(*hint);
        chooseClass(static_cast<int>(hint->hint.classIndex));
    } else if (hint) {
        Q_EMIT filtered(imagesOf(*hint));
    }
}

GalleryFilter ShortcutsTab::imagesOf(const MapsHint& hint) const {
    std::unordered_set<std::string_view> behind(hint.images.begin(), hint.images.end());
    GalleryFilter filter;
    for (std::uint32_t i = 0; i < m_evaluation->predictions.size(); ++i)
        if (behind.contains(m_evaluation->predictions[i].path))
            filter.images.push_back(i);
    filter.caption =
        tr("behind the hint on %1").arg(QString::fromStdString(m_evaluation->classes[hint.hint.classIndex]));
    return filter;
}

void ShortcutsTab::showBehind(const MapsHint& hint) {
    std::unordered_map<std::string, std::uint32_t> places;
    if (const auto opened = m_session.data().dataset())
        for (std::uint32_t i = 0; i < opened->samples.size(); ++i)
            places.emplace(opened->samples[i].path, i);
    auto groups = std::make_shared<SampleModel::Groups>(1);
    for (const std::string& path : hint.images)
        if (const auto found = places.find(path); found != places.end())
            groups->front().push_back(found->second);
    m_behindTitle->setText(
        counted(static_cast<qlonglong>(groups->front().size()), tr("%1 image"), tr("%1 images")) +
        tr(" behind this hint (%1), the most heat there first").arg(QString::fromStdString(hint.split)));
    SampleModel::Filter filter;
    filter.groups = std::move(groups);
    m_samples->setFilter(filter);
}

void ShortcutsTab::chooseClass(int label) {
    if (m_evaluation && static_cast<std::size_t>(label) < m_evaluation->classes.size())
        Q_EMIT filtered(GalleryFilter::ofCell(*m_evaluation, label, -1));
}

} // namespace sightline::ui
