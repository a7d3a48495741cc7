// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/ShortcutsTab.h"

#include <QListWidget>
#include <QSignalBlocker>

#include <unordered_map>

#include "engine/questions/MapsReport.h"
#include "look/Icons.h"
#include "look/Words.h"
#include "models/HeatModel.h"
#include "models/SampleModel.h"
#include "widgets/ProgressBar.h"
#include "widgets/Surface.h"
#include "widgets/TileView.h"

namespace sightline::ui {

namespace {
constexpr int kMapSide = 80, kHintLines = 3, kHintHeight = 30;
}

ShortcutsTab::ShortcutsTab(Session& session, Thumbnails& thumbnails, QWidget* parent)
    : EvaluateTab(parent), m_session(session), m_asker(session.engine().door(), session.activities()) {
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
    connect(&session.data(), &DataDesk::opened, this, &ShortcutsTab::forget);
    showState();
}

void ShortcutsTab::makeHints() {
    m_hints = named(new QListWidget, "shortcutHints", tr("Hints: classes whose heat lies in a suspicious place"));
    m_hints->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_hints->setTextElideMode(Qt::ElideMiddle);
    m_hints->setMaximumHeight(kHintLines * kHintHeight);
    connect(m_hints, &QListWidget::currentRowChanged, this, &ShortcutsTab::chooseHint);
}

void ShortcutsTab::makeMaps() {
    m_heat = new HeatModel(this);
    m_maps = named(new TileView(2), "meanMaps", tr("Mean heat map of each class"));
    m_maps->setSide(kMapSide);
    m_maps->setModel(m_heat);
    connect(m_maps->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& current) {
        if (current.isValid())
            chooseClass(current.row());
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
    m_evaluation = std::move(evaluation);
}

void ShortcutsTab::clearChoice() {
    const QSignalBlocker quiet(this), hints(m_hints);
    m_hints->setCurrentRow(-1);
    m_maps->setCurrentIndex({});
    m_maps->clearSelection();
    chooseHint(-1);
}

void ShortcutsTab::measure() {
    if (m_asker.isBusy())
        return m_asker.cancel();
    const auto run = m_session.runs().run();
    if (!run)
        return;
    m_failure.clear();
    m_progress->setProgress(0, 0);
    m_asker.ask(
        ofRun(run->folder), tr("Looking for shortcuts"),
        [split = m_evaluation ? m_evaluation->split : std::string()](const std::stop_token&) {
            MapsReportQuestion question;
            question.split = split;
            return question;
        },
        [this](Result<MapsReport> report) {
            if (report)
                m_report = std::move(*report);
            else
                m_failure = QString::fromStdString(report.error().message);
            showReport();
            showState();
        });
}

/// Another run is in view, or other images.
void ShortcutsTab::forget() {
    m_asker.cancel();
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
        m_note->setText(tr("A class may be told by something beside its objects. Choose a hint to see the images:"));
    else
        m_note->setText(tr("No hint of a shortcut in %1: no class has its heat beside its objects, or far more in one "
                           "place than other classes.")
                            .arg(counted(static_cast<qlonglong>(m_report->images), tr("%1 image"), tr("%1 images"))));
}

void ShortcutsTab::showReport() {
    const QSignalBlocker hints(m_hints);
    m_hints->clear();
    std::vector<std::size_t> hinted;
    if (m_report)
        for (const MapsHint& hint : m_report->hints) {
            const QString sentence = QString::fromStdString(sentenceOn(hint, m_report->classes));
            auto* item = new QListWidgetItem(sentence, m_hints);
            item->setToolTip(sentence);
            hinted.push_back(hint.hint.classIndex);
        }
    m_heat->setClasses(m_report ? m_report->classes : std::vector<ClassHeat>(), std::move(hinted));
    m_samples->setDataset(m_session.data().dataset());
    chooseHint(-1);
}

/// The images behind a hint, whatever their split; and those of its class in the gallery.
void ShortcutsTab::chooseHint(int row) {
    const bool chosen = m_report && row >= 0;
    m_behind->setVisible(chosen);
    m_behindTitle->setVisible(chosen);
    if (!chosen)
        return;
    const MapsHint& hint = m_report->hints[static_cast<std::size_t>(row)];
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
    chooseClass(static_cast<int>(hint.hint.classIndex));
}

void ShortcutsTab::chooseClass(int label) {
    if (m_evaluation && static_cast<std::size_t>(label) < m_evaluation->classes.size())
        Q_EMIT filtered(GalleryFilter::ofCell(*m_evaluation, label, -1));
}

} // namespace sightline::ui
