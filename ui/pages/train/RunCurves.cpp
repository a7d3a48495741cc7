// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/RunCurves.h"

#include <QCheckBox>
#include <QLabel>
#include <QPushButton>

#include "look/Icons.h"
#include "look/Words.h"
#include "pages/explain/SettingsDifference.h"
#include "pages/train/CurveNote.h"
#include "plot/CurvePlot.h"
#include "store/RunFolder.h"
#include "widgets/Prompts.h"

namespace sightline::ui {

namespace {
constexpr int kParentMs = 2000;

/// "Learning rate 0.001 → 0.0003"; empty where nothing that shapes a curve was changed.
QString editWords(const RecordedEdit& edit) {
    Json changes = edit.changes;
    changes.erase("training.probes");
    const std::vector<SettingDifference> found = settingsDifferences(changes);
    if (found.size() > 2)
        return RunCurves::tr("%1 settings changed").arg(found.size());
    QStringList words;
    for (const SettingDifference& difference : found)
        words << QStringLiteral("%1 %2 → %3").arg(difference.name, difference.first, difference.second);
    return words.join(QStringLiteral(", "));
}
} // namespace

RunCurves::RunCurves(Session& session, QWidget* parent) : Surface({}, parent), m_session(session) {
    m_loss = named(new CurvePlot(tr("Loss"), CurvePlot::Unit::Plain), "lossPlot");
    m_accuracy = named(new CurvePlot(tr("Accuracy, %"), CurvePlot::Unit::Percent), "accuracyPlot");
    auto* log = named(new QCheckBox(tr("Log-scale loss")), "logLoss");
    connect(log, &QCheckBox::toggled, m_loss, &CurvePlot::setLogarithmic);
    auto* save = button(tr("Save plots…"), QStringLiteral("document-save"), "savePlots",
                        tr("Save loss and accuracy as PNG, SVG or CSV"));
    connect(save, &QPushButton::clicked, this, &RunCurves::savePlots);
    auto* key = new QLabel(tr("<span style='color:%1'>━</span> training (thin: each batch) &nbsp; <span "
                              "style='color:%2'>●</span> validation")
                               .arg(theme::color(Role::Training).name(), theme::color(Role::Validation).name()));
    head()->insertWidget(0, key);
    m_ghostKey =
        named(new QLabel(tr("<span style='color:%1'>━ ╌</span> parent run").arg(theme::color(Role::Muted).name())),
              "ghostKey");
    m_ghostKey->hide();
    head()->insertWidget(1, m_ghostKey);
    head()->addWidget(log);
    head()->addWidget(save);
    m_reading = new CurveNote;
    connect(m_reading, &CurveNote::fieldAsked, this, &RunCurves::fieldAsked);
    body()->addWidget(m_reading);
    m_plots = new QBoxLayout(QBoxLayout::TopToBottom);
    m_plots->setSpacing(theme::kGrid);
    m_plots->addWidget(m_loss, 1);
    m_plots->addWidget(m_accuracy, 1);
    body()->addLayout(m_plots, 1);
    m_parentTimer.setInterval(kParentMs);
    m_parentTimer.setSingleShot(true); // a slow disk is not asked twice
    connect(&m_parentTimer, &QTimer::timeout, this, &RunCurves::followParent);
    connect(&session.checkpoints(), &CheckpointDesk::moved, this, &RunCurves::showCursor);
    connect(&session.checkpoints(), &CheckpointDesk::keptChanged, this, &RunCurves::showCursor);
    connect(&session.runs(), &RunDesk::batchFinished, this, &RunCurves::showBatch);
    connect(&session.runs(), &RunDesk::epochFinished, this, &RunCurves::showEpoch);
    connect(&session.runs(), &RunDesk::edited, this, &RunCurves::showEdit);
    connect(&session.runs(), &RunDesk::learningRateChanged, this, &RunCurves::showRateChange);
}

void RunCurves::setSideBySide(bool on) {
    m_plots->setDirection(on ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_plots->setSpacing(on ? 2 * theme::kGrid : theme::kGrid);
    for (auto* plot : {m_loss, m_accuracy})
        plot->setCompact(on);
}

void RunCurves::showRun() {
    const auto run = m_session.runs().run();
    const RunProgress& progress = m_session.runs().progress();
    for (auto* plot : {m_loss, m_accuracy})
        plot->clear(run ? progress.experiment.training.epochs : m_session.document().experiment().training.epochs);
    showParent();
    if (run) {
        for (const EpochMetrics& epoch : progress.history)
            addEpoch(epoch);
        for (auto* plot : {m_loss, m_accuracy})
            plot->setBest(progress.bestEpoch);
        for (const LearningRateChanged& change : progress.learningRateChanges)
            showRateChange(change);
        for (const RecordedEdit& edit : progress.edits)
            showEdit(edit);
    }
    showReading();
}

/// What a fork is measured against: the whole run it comes from, as a ghost.
void RunCurves::showParent() {
    const auto run = m_session.runs().run();
    m_parentTimer.stop();
    m_parentLane.cancel();
    m_ghostEpoch = 0;
    m_ghostKey->hide();
    if (!run || !run->parent)
        return;
    m_ghostKey->setToolTip(
        tr("Forked from %1 after epoch %2").arg(QString::fromStdString(run->parent->run)).arg(run->parent->epoch));
    addGhost(run->parent->history);
    followParent();
}

/// The parent may go on: whoever trains it.
void RunCurves::followParent() {
    struct Seen {
        bool goesOn = false;
        std::vector<EpochMetrics> history;
    };
    const auto run = m_session.runs().run();
    m_parentLane.submit(
        this,
        [parent = run->folder.parent_path() / run->parent->run](const std::stop_token&) {
            Seen seen{ownerOf(parent).has_value(), {}}; // before its events: its last ones are among them
            if (const auto history = RunFolder(parent).history())
                seen.history = *history;
            return Result<Seen>(std::move(seen));
        },
        [this, run](const Result<Seen>& seen) {
            if (run != m_session.runs().run() || !seen)
                return;
            addGhost(seen->history);
            if (seen->goesOn)
                m_parentTimer.start();
        });
}

void RunCurves::addGhost(const std::vector<EpochMetrics>& history) {
    for (const EpochMetrics& epoch : history) {
        if (epoch.epoch <= m_ghostEpoch)
            continue;
        m_ghostEpoch = epoch.epoch;
        m_loss->addGhostEpoch(epoch.epoch, epoch.loss, epoch.valLoss);
        m_accuracy->addGhostEpoch(epoch.epoch, 100 * epoch.accuracy,
                                  epoch.valAccuracy ? std::optional(100 * *epoch.valAccuracy) : std::nullopt);
    }
    m_ghostKey->setVisible(m_ghostEpoch > 0);
}

/// Plain words beside the curves.
void RunCurves::showReading() {
    const auto run = m_session.runs().run();
    const RunProgress& progress = m_session.runs().progress();
    m_reading->setReading(run ? readCurves(progress.history, progress.experiment, run->classes.size())
                              : CurveReading());
}

/// Where the checkpoint is that a person looks at.
void RunCurves::showCursor() {
    const CheckpointDesk& desk = m_session.checkpoints();
    for (auto* plot : {m_loss, m_accuracy})
        plot->setCursor(desk.isChosen() ? desk.epoch() : 0);
}

void RunCurves::showBatch(const BatchFinished& batch) {
    const double epoch = batch.epoch - 1 + static_cast<double>(batch.batch) / std::max(1, batch.batches);
    m_loss->addBatch(epoch, batch.loss);
    m_accuracy->addBatch(epoch, 100 * batch.accuracy);
}

void RunCurves::addEpoch(const EpochMetrics& epoch) {
    m_loss->addEpoch(epoch.epoch, epoch.loss, epoch.valLoss);
    m_accuracy->addEpoch(epoch.epoch, 100 * epoch.accuracy,
                         epoch.valAccuracy ? std::optional(100 * *epoch.valAccuracy) : std::nullopt);
    m_loss->addRate(epoch.epoch, epoch.learningRate);
}

void RunCurves::showEpoch(const EpochFinished& epoch) {
    addEpoch(epoch.metrics);
    for (auto* plot : {m_loss, m_accuracy})
        plot->setBest(epoch.bestEpoch);
    showReading();
}

void RunCurves::showRateChange(const LearningRateChanged& change) {
    for (auto* plot : {m_loss, m_accuracy})
        plot->addMark(change.epoch, tr("learning rate %1").arg(rateText(change.to)));
}

void RunCurves::showEdit(const RecordedEdit& edit) {
    const RunProgress& progress = m_session.runs().progress();
    const double within = edit.place.batch > 0 && progress.batchesPerEpoch > 0
                              ? static_cast<double>(edit.place.batch) / progress.batchesPerEpoch
                              : 0;
    const QString words = editWords(edit);
    for (auto* plot : {m_loss, m_accuracy}) {
        if (!words.isEmpty())
            plot->addMark(edit.place.epoch - 1 + within, words, PlotMarks::Kind::Edited);
        plot->setPlanned(progress.experiment.training.epochs);
    }
}

void RunCurves::savePlots() {
    const QString file = prompts().saveFile(this, tr("Save loss and accuracy"), QStringLiteral("training.png"),
                                            tr("Plots and tables (*.png *.svg *.csv)"));
    if (file.isEmpty())
        return;
    const qsizetype dot = file.lastIndexOf(QLatin1Char('.'));
    const QString stem = dot > 0 ? file.left(dot) : file, ending = dot > 0 ? file.mid(dot) : QStringLiteral(".png");
    const bool saved = m_loss->save(stem + QStringLiteral("-loss") + ending) &&
                       m_accuracy->save(stem + QStringLiteral("-accuracy") + ending);
    Q_EMIT said(saved ? tr("Saved %1-loss%2 and %1-accuracy%2.").arg(stem, ending)
                      : tr("%1 could not be written: check that the folder exists and is writable.").arg(file),
                saved);
}

} // namespace sightline::ui
