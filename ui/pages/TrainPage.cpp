// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/TrainPage.h"

#include <QCheckBox>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>

#include "look/Icons.h"
#include "look/Words.h"
#include "pages/CurveNote.h"
#include "pages/FieldPlaces.h"
#include "pages/TrainFields.h"
#include "plot/CurvePlot.h"
#include "widgets/NoteList.h"
#include "widgets/ProgressBar.h"
#include "widgets/Prompts.h"
#include "widgets/SettingsForm.h"
#include "widgets/Surface.h"
#include "widgets/Tone.h"

namespace sightline::ui {

namespace {
QString endWords(const RunEnded& ended) {
    const QString reason = QString::fromStdString(ended.reason);
    const QString best = ended.bestEpoch > 0 ? TrainPage::tr(" Best epoch: %1.").arg(ended.bestEpoch) : QString();
    switch (ended.outcome) {
    case RunEnded::Outcome::Completed:
        return (reason.isEmpty() ? counted(ended.epochs, TrainPage::tr("Finished after %1 epoch."),
                                           TrainPage::tr("Finished after %1 epochs."))
                                 : reason) +
               best;
    case RunEnded::Outcome::Stopped:
        return counted(ended.epochs, TrainPage::tr("Stopped after %1 epoch."),
                       TrainPage::tr("Stopped after %1 epochs.")) +
               best;
    case RunEnded::Outcome::Failed:
        break;
    }
    return reason;
}
} // namespace

TrainPage::TrainPage(Session& session, QWidget* parent) : Page(session, parent) {
    setObjectName(QStringLiteral("trainPage"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    row->setSpacing(2 * theme::kGrid);
    auto* left = new QVBoxLayout;
    left->setSpacing(2 * theme::kGrid);
    left->addWidget(makeStatus());
    left->addWidget(makeCurves(), 1);
    row->addLayout(left, 1);
    row->addWidget(makeSettings());
    connect(&session.runs(), &RunDesk::runChanged, this, &TrainPage::showRun);
    connect(&session.runs(), &RunDesk::stateChanged, this, &TrainPage::showState);
    connect(&session.runs(), &RunDesk::batchFinished, this, &TrainPage::showBatch);
    connect(&session.runs(), &RunDesk::epochFinished, this, &TrainPage::showEpoch);
    connect(&session.runs(), &RunDesk::learningRateChanged, this, [this](const LearningRateChanged& change) {
        for (auto* plot : {m_loss, m_accuracy})
            plot->addMark(change.epoch, tr("learning rate %1").arg(significant(change.to, 2)));
    });
    connect(&session.runs(), &RunDesk::ended, this, &TrainPage::showState);
    connect(&session.runs(), &RunDesk::noted, this, &TrainPage::showNotes);
    connect(&session.data(), &DataDesk::opened, this, &TrainPage::showState);
    follow(*m_form);
    connect(m_form, &SettingsForm::problemsShown, this, &TrainPage::showProblems);
    showProblems();
    showRun();
}

QWidget* TrainPage::makeStatus() {
    auto* surface = new Surface;
    auto* line = new QHBoxLayout;
    line->setSpacing(theme::kGrid);
    m_state = named(new QLabel, "runState");
    m_state->setFont(theme::font(theme::Size::Title, true));
    m_state->setWordWrap(true);
    m_figures = named(mutedLabel({}), "runFigures");
    m_figures->setFont(theme::font(theme::Size::Base));
    m_notes = new NoteList;
    line->addWidget(m_state, 1);
    m_go = button(tr("Train"), QStringLiteral("media-playback-start"), "pageTrainButton", tr("Train (Ctrl+Return)"));
    m_stopAfterEpoch = button(tr("Stop after epoch"), QStringLiteral("media-skip-forward"), "stopAfterEpochButton",
                              tr("Finish this epoch with its validation and checkpoint, then stop"));
    m_save = button(tr("Save now"), QStringLiteral("document-save"), "saveNowButton",
                    tr("Take a checkpoint of where the run is"));
    m_stop = button(tr("Stop"), QStringLiteral("media-playback-stop"), "stopButton",
                    tr("Stop now; the run can be resumed later"));
    for (auto* control : {m_go, m_save, m_stopAfterEpoch, m_stop})
        line->addWidget(control);
    connect(m_go, &QPushButton::clicked, this, [this] {
        switch (session().runs().state()) {
        case RunState::Running:
            session().runs().pause();
            break;
        case RunState::Paused:
            session().runs().resume();
            break;
        default:
            session().runs().start();
        }
    });
    connect(m_stopAfterEpoch, &QPushButton::clicked, this, [this] {
        session().runs().stopAfterEpoch();
        m_stopAfterEpoch->setEnabled(false);
        m_stopAfterEpoch->setToolTip(tr("The run stops when this epoch is done."));
    });
    connect(m_stop, &QPushButton::clicked, this, [this] { session().runs().stop(); });
    connect(m_save, &QPushButton::clicked, this, [this] { session().runs().saveNow(); });
    connect(&session().runs(), &RunDesk::saved, this, [this](int epoch, int batch) {
        Q_EMIT said(tr("Saved after batch %1 of epoch %2.").arg(batch).arg(epoch), true);
    });
    m_progress = new ProgressBar("runProgress", tr("Progress of the run"));
    surface->body()->addLayout(line);
    surface->body()->addWidget(m_figures); // the whole width: figures that wrap would move the plots at each batch
    surface->body()->addWidget(m_notes);
    surface->body()->addWidget(m_progress);
    return surface;
}

QWidget* TrainPage::makeCurves() {
    auto* surface = new Surface;
    m_loss = named(new CurvePlot(tr("Loss"), CurvePlot::Unit::Plain), "lossPlot");
    m_accuracy = named(new CurvePlot(tr("Accuracy, %"), CurvePlot::Unit::Percent), "accuracyPlot");
    auto* log = named(new QCheckBox(tr("Log-scale loss")), "logLoss");
    connect(log, &QCheckBox::toggled, m_loss, &CurvePlot::setLogarithmic);
    auto* save = button(tr("Save plots…"), QStringLiteral("document-save"), "savePlots",
                        tr("Save loss and accuracy as PNG, SVG or CSV"));
    connect(save, &QPushButton::clicked, this, &TrainPage::savePlots);
    auto* key = new QLabel(tr("<span style='color:%1'>━</span> training (thin: each batch) &nbsp; <span "
                              "style='color:%2'>●</span> validation")
                               .arg(theme::color(Role::Training).name(), theme::color(Role::Validation).name()));
    surface->head()->insertWidget(0, key);
    surface->head()->addWidget(log);
    surface->head()->addWidget(save);
    m_reading = new CurveNote;
    connect(m_reading, &CurveNote::fieldAsked, this, &Page::fieldRequested);
    surface->body()->addWidget(m_reading);
    surface->body()->addWidget(m_loss, 1);
    surface->body()->addWidget(m_accuracy, 1);
    return surface;
}

QWidget* TrainPage::makeSettings() {
    auto* surface = new Surface(tr("Settings"));
    surface->setFixedWidth(348);
    m_problems = named(new QLabel, "otherProblems");
    m_problems->setWordWrap(true);
    m_problems->setTextFormat(Qt::RichText);
    connect(m_problems, &QLabel::linkActivated, this, &Page::pageRequested);
    m_form = named(new SettingsForm, "trainForm");
    addTrainFields(*m_form);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* room = new QWidget;
    auto* column = new QVBoxLayout(room);
    column->setContentsMargins(0, 0, theme::kGrid, 0);
    column->addWidget(m_form);
    column->addStretch(1);
    scroll->setWidget(room);
    surface->body()->addWidget(m_problems);
    surface->body()->addWidget(scroll, 1);
    return surface;
}

void TrainPage::showProblems() {
    QStringList lines;
    for (const Problem& problem : m_form->otherProblems())
        lines << QStringLiteral("<a href='%1' style='color:%2'>%3</a>")
                     .arg(pageOfField(problem.path), theme::color(Role::Bad).name(),
                          QString::fromStdString(problem.path + " " + problem.message).toHtmlEscaped());
    m_problems->setText(lines.join(QStringLiteral("<br>")));
    m_problems->setVisible(!lines.isEmpty());
    showState();
}

void TrainPage::showRun() {
    const auto run = session().runs().run();
    const RunProgress& progress = session().runs().progress();
    for (auto* plot : {m_loss, m_accuracy})
        plot->clear(run ? run->experiment.training.epochs : session().document().experiment().training.epochs);
    m_patience = m_patienceUsed = 0;
    m_figures->clear();
    m_figures->hide();
    if (run) {
        for (const EpochMetrics& epoch : progress.history) {
            m_loss->addEpoch(epoch.epoch, epoch.loss, epoch.valLoss);
            m_accuracy->addEpoch(epoch.epoch, 100 * epoch.accuracy,
                                 epoch.valAccuracy ? std::optional(100 * *epoch.valAccuracy) : std::nullopt);
        }
        for (auto* plot : {m_loss, m_accuracy})
            plot->setBest(progress.bestEpoch);
        for (const LearningRateChanged& change : progress.learningRateChanges)
            for (auto* plot : {m_loss, m_accuracy})
                plot->addMark(change.epoch, tr("learning rate %1").arg(significant(change.to, 2)));
        m_progress->setProgress(progress.history.size(), static_cast<qulonglong>(run->experiment.training.epochs));
    }
    showNotes();
    showReading();
    showState();
}

/// Plain words beside the curves.
void TrainPage::showReading() {
    const auto run = session().runs().run();
    m_reading->setReading(run ? readCurves(session().runs().progress().history, run->experiment, run->classes.size())
                              : CurveReading());
}

void TrainPage::showNotes() {
    QStringList notes;
    for (const std::string& note : session().runs().progress().notes)
        notes << QString::fromStdString(note);
    m_notes->setNotes(notes);
}

void TrainPage::showState() {
    const RunState state = session().runs().state();
    const auto run = session().runs().run();
    const RunProgress& progress = session().runs().progress();
    const auto& found = session().document().problems();
    const bool idle = state == RunState::Idle, images = session().data().dataset() != nullptr,
               ready = images && found.empty(), waits = !session().runs().waitingBecause().isEmpty();
    switch (state) {
    case RunState::Starting:
        m_state->setText(tr("Starting…"));
        break;
    case RunState::Paused:
        m_state->setText(waits ? tr("Waiting: %1").arg(session().runs().waitingBecause()) : tr("Paused"));
        break;
    case RunState::Stopping:
        m_state->setText(tr("Stopping…"));
        break;
    case RunState::Running:
        if (progress.history.empty())
            m_state->setText(tr("Training"));
        break;
    case RunState::Idle:
        m_state->setText(progress.ended ? endWords(*progress.ended)
                         : !images      ? tr("Open a folder of images first")
                         : ready        ? tr("Ready to train")
                                        : tr("Some settings need attention"));
    }
    const bool failed = idle ? progress.ended && progress.ended->outcome == RunEnded::Outcome::Failed : waits;
    setTone(*m_state, failed ? Role::Bad : Role::Text);
    m_go->setText(state == RunState::Running  ? tr("Pause")
                  : state == RunState::Paused ? (waits ? tr("Try again") : tr("Resume"))
                  : progress.ended            ? tr("Train again")
                                              : tr("Train"));
    theme::setIcon(*m_go, state == RunState::Running ? QStringLiteral("media-playback-pause")
                                                     : QStringLiteral("media-playback-start"));
    m_go->setEnabled((idle && ready) || state == RunState::Running || state == RunState::Paused);
    m_go->setToolTip(m_go->isEnabled() || !idle ? tr("Ctrl+Return")
                     : !images                  ? tr("Open a folder of images first.")
                                                : tr("Fix the settings marked in red first."));
    m_stop->setVisible(!idle);
    m_stop->setEnabled(state != RunState::Stopping);
    for (auto* control : {m_stopAfterEpoch, m_save}) {
        control->setVisible(!idle);
        control->setEnabled(state == RunState::Running || state == RunState::Paused);
    }
    m_progress->setVisible(!idle || (run && !progress.history.empty()));
    m_form->setEditable(idle, tr("A run in progress keeps its settings; stop it to change them."));
    const int count = static_cast<int>(found.size());
    setBadge(!idle                              ? Badge::Running
             : count > 0 && images              ? Badge::Attention
             : run && !progress.history.empty() ? Badge::Ready
                                                : Badge::None,
             count);
}

void TrainPage::showBatch(const BatchFinished& batch) {
    const double epoch = batch.epoch - 1 + static_cast<double>(batch.batch) / std::max(1, batch.batches);
    m_loss->addBatch(epoch, batch.loss);
    m_accuracy->addBatch(epoch, 100 * batch.accuracy);
    const int planned = session().runs().run() ? session().runs().run()->experiment.training.epochs : 1;
    if (session().runs().state() == RunState::Running)
        m_state->setText(tr("Epoch %1 of %2").arg(batch.epoch).arg(planned));
    QStringList words{tr("batch %1 of %2").arg(batch.batch).arg(batch.batches),
                      tr("loss %1").arg(significant(batch.runningLoss)),
                      tr("accuracy %1").arg(percent(batch.runningAccuracy)),
                      tr("%1 images/s").arg(significant(batch.imagesPerSecond))};
    if (batch.secondsLeft > 0)
        words << tr("%1 left").arg(duration(batch.secondsLeft));
    if (m_patience > 0)
        words << tr("patience %1 of %2").arg(m_patienceUsed).arg(m_patience);
    m_figures->setText(words.join(QStringLiteral(" · ")));
    m_figures->show();
    m_progress->setProgress(static_cast<qulonglong>((batch.epoch - 1) * batch.batches + batch.batch),
                            static_cast<qulonglong>(planned * std::max(1, batch.batches)));
}

void TrainPage::showEpoch(const EpochFinished& epoch) {
    const EpochMetrics& metrics = epoch.metrics;
    m_loss->addEpoch(metrics.epoch, metrics.loss, metrics.valLoss);
    m_accuracy->addEpoch(metrics.epoch, 100 * metrics.accuracy,
                         metrics.valAccuracy ? std::optional(100 * *metrics.valAccuracy) : std::nullopt);
    for (auto* plot : {m_loss, m_accuracy})
        plot->setBest(epoch.bestEpoch);
    m_patience = epoch.patience;
    m_patienceUsed = epoch.patienceUsed;
    showReading();
}

void TrainPage::savePlots() {
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
