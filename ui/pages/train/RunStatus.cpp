// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/RunStatus.h"

#include <QLabel>
#include <QPushButton>

#include "experiment/MonitorWords.h"
#include "look/Icons.h"
#include "look/Words.h"
#include "pages/explain/SettingsDifference.h"
#include "pages/train/RunFigures.h"
#include "pages/train/RunNext.h"
#include "pages/train/SeriesMenu.h"
#include "widgets/NoteList.h"
#include "widgets/ProgressBar.h"
#include "widgets/Tone.h"

namespace sightline::ui {

namespace {

/// In the middle of an epoch; empty where its last checkpoint is of another place.
QString placeWords(const RunEnded& ended, const std::optional<KeptCheckpoint>& saved, int batches) {
    if (!saved || saved->batch == 0 || saved->epoch != ended.epochs)
        return {};
    return batches > 0 ? RunStatus::tr("Stopped in epoch %1, after batch %2 of %3; saved there.")
                             .arg(saved->epoch + 1)
                             .arg(saved->batch)
                             .arg(batches)
                       : RunStatus::tr("Stopped in epoch %1, after batch %2; saved there.")
                             .arg(saved->epoch + 1)
                             .arg(saved->batch);
}

/// By which measure, as early stopping may go by another. Without one the best epoch is the last.
QString bestWords(const RunProgress& progress) {
    const int epoch = progress.ended->bestEpoch;
    if (epoch <= 0)
        return {};
    const bool validates = !progress.history.empty() && progress.history.back().valLoss;
    const auto& chosen = progress.experiment.training.checkpoint;
    const std::string monitor = chosen ? chosen->monitor : validates ? CheckpointSettings{}.monitor : std::string();
    return monitor.empty()
               ? RunStatus::tr(" Best epoch: %1.").arg(epoch)
               : RunStatus::tr(" Best epoch by %2: %1.").arg(epoch).arg(QString::fromStdString(spokenMonitor(monitor)));
}

QString endWords(const RunProgress& progress, const QString& place) {
    const RunEnded& ended = *progress.ended;
    const QString reason = QString::fromStdString(ended.reason);
    const QString best = bestWords(progress);
    switch (ended.outcome) {
    case RunEnded::Outcome::Completed:
        return (reason.isEmpty() ? counted(ended.epochs, RunStatus::tr("Finished after %1 epoch."),
                                           RunStatus::tr("Finished after %1 epochs."))
                                 : reason) +
               best;
    case RunEnded::Outcome::Stopped:
        return (place.isEmpty() ? counted(ended.epochs, RunStatus::tr("Stopped after %1 epoch."),
                                          RunStatus::tr("Stopped after %1 epochs."))
                                : place) +
               best;
    case RunEnded::Outcome::Failed:
        break;
    }
    return reason;
}

/// Puts the names that people know for the paths of what was edited, and for what stands there.
void nameSettings(const RecordedEdit& edit, QStringList& notes) {
    const auto stored = [](const Json& value) {
        return value.is_null() ? QStringLiteral("none") : QString::fromStdString(toText(value, -1));
    };
    for (const auto& [path, values] : edit.changes.items()) {
        const QString setting = QString::fromStdString(path), from = QStringLiteral(" from "),
                      to = QStringLiteral(" to ");
        Json change = Json::object();
        change[path] = values;
        QStringList words;
        for (const SettingDifference& each : settingsDifferences(change))
            words << each.name + from + each.first + to + each.second;
        if (!words.isEmpty())
            notes.replaceInStrings(setting + from + stored(values[0]) + to + stored(values[1]),
                                   words.join(QStringLiteral("; ")));
        for (const QString& verb : {from, QStringLiteral(" stays at ")})
            notes.replaceInStrings(setting + verb, nameOfSetting(path) + verb);
    }
}

} // namespace

RunStatus::RunStatus(Session& session, QWidget* parent) : Surface({}, parent), m_session(session) {
    auto* line = new QHBoxLayout;
    line->setSpacing(theme::kGrid);
    m_state = named(new QLabel, "runState");
    m_state->setFont(theme::font(theme::Size::Title, true));
    m_state->setWordWrap(true);
    m_figures = new RunFigures;
    m_notes = new NoteList;
    line->addWidget(m_state, 1);
    m_go = button(tr("Train"), QStringLiteral("media-playback-start"), "pageTrainButton", tr("Train (Ctrl+Return)"));
    m_several = button(tr("Train several"), QStringLiteral("view-list-details"), "trainSeveralButton");
    auto* series = new SeriesMenu(session, *m_several);
    connect(series, &SeriesMenu::failed, this, [this](const QString& message) { Q_EMIT said(message, false); });
    m_stopAfterEpoch = button(tr("Stop after epoch"), QStringLiteral("media-skip-forward"), "stopAfterEpochButton");
    m_save = button(tr("Save now"), QStringLiteral("document-save"), "saveNowButton",
                    tr("Take a checkpoint of where the run is"));
    m_stop = button(tr("Stop"), QStringLiteral("media-playback-stop"), "stopButton",
                    tr("Stop now; the run can be resumed later"));
    for (auto* control : {m_go, m_several, m_save, m_stopAfterEpoch, m_stop})
        line->addWidget(control);
    connect(m_go, &QPushButton::clicked, this, &RunStatus::goPressed);
    connect(m_stopAfterEpoch, &QPushButton::clicked, this,
            [this] { m_session.runs().stopAfterEpoch(!m_session.runs().stopsAfterEpoch()); });
    connect(m_stop, &QPushButton::clicked, this, [this] { m_session.runs().stop(); });
    connect(m_save, &QPushButton::clicked, this, [this] { m_session.runs().saveNow(); });
    connect(&m_session.runs(), &RunDesk::saved, this, [this](int epoch, int batch) {
        Q_EMIT said(tr("Saved after batch %1 of epoch %2.").arg(batch).arg(epoch), true);
    });
    m_progress = new ProgressBar("runProgress", tr("Progress of the run"));
    body()->addLayout(line);
    body()->addWidget(m_figures);
    m_next = new RunNext(session);
    connect(m_next, &RunNext::looked, this, &RunStatus::showState);
    connect(m_next, &RunNext::failed, this, [this](const QString& message) { Q_EMIT said(message, false); });
    body()->addWidget(m_next);
    body()->addWidget(m_notes);
    body()->addWidget(m_progress);
    connect(&session.runs(), &RunDesk::batchFinished, this, &RunStatus::showBatch);
    connect(&session.runs(), &RunDesk::epochFinished, this, &RunStatus::showPatience);
    connect(&session.runs(), &RunDesk::noted, this, &RunStatus::showNotes);
    connect(&session.runs(), &RunDesk::edited, this, [this] {
        showNotes();
        showPatience();
    });
    connect(&session.runs(), &RunDesk::forkChanged, this, &RunStatus::showState);
    connect(&session.series(), &SeriesDesk::changed, this, &RunStatus::showState);
    connect(&session.searches(), &SearchDesk::changed, this, &RunStatus::showState);
    connect(&session.runs(), &RunDesk::refused, this, [this](const QString& why) {
        showState();
        Q_EMIT said(why, false);
    });
}

void RunStatus::goPressed() {
    switch (m_session.runs().state()) {
    case RunState::Running:
        m_session.runs().pause();
        break;
    case RunState::Paused:
        m_session.runs().resume();
        break;
    default:
        m_session.runs().start();
    }
}

void RunStatus::showRun() {
    const auto run = m_session.runs().run();
    const RunProgress& progress = m_session.runs().progress();
    m_figures->clear();
    showPatience();
    if (run)
        m_progress->setProgress(progress.history.size(), static_cast<qulonglong>(progress.experiment.training.epochs));
    showNotes();
    showState();
}

void RunStatus::showPatience() {
    const RunProgress& progress = m_session.runs().progress();
    const auto& stops = progress.experiment.training.earlyStopping;
    if (stops && m_session.runs().run())
        m_figures->setPatience(std::min(progress.patience.used, stops->patience), stops->patience, stops->monitor);
    else
        m_figures->setPatience(0, 0, {});
}

void RunStatus::showNotes() {
    const RunProgress& progress = m_session.runs().progress();
    QStringList notes;
    for (const std::string& note : progress.notes)
        notes << QString::fromStdString(note);
    for (const RecordedEdit& edit : progress.edits)
        nameSettings(edit, notes);
    m_notes->setNotes(notes);
}

void RunStatus::showState() {
    const RunState state = m_session.runs().state();
    const auto run = m_session.runs().run();
    const RunProgress& progress = m_session.runs().progress();
    const auto& found = m_session.document().problems();
    const bool idle = state == RunState::Idle, images = m_session.data().dataset() != nullptr,
               ready = images && found.empty(), waits = !m_session.runs().waitingBecause().isEmpty();
    switch (state) {
    case RunState::Starting:
        m_state->setText(placed(tr("Starting…")));
        break;
    case RunState::Paused:
        m_state->setText(waits ? tr("Waiting: %1").arg(m_session.runs().waitingBecause()) : placed(tr("Paused")));
        break;
    case RunState::Stopping:
        m_state->setText(tr("Stopping…"));
        break;
    case RunState::Running:
        m_state->setText(
            placed(progress.history.empty() ? tr("Training") : epochWords(progress.history.back().epoch + 1)));
        break;
    case RunState::Idle:
        m_state->setText(m_session.runs().fork() ? tr("Ready to fork")
                         : progress.ended        ? endWords(progress, placeWords(*progress.ended, m_next->savedAt(),
                                                                                 progress.batchesPerEpoch))
                         : !images               ? tr("Open a folder of images first")
                         : ready                 ? tr("Ready to train")
                                                 : tr("Some settings need attention"));
    }
    const bool failed = idle ? progress.ended && progress.ended->outcome == RunEnded::Outcome::Failed : waits;
    setTone(*m_state, failed ? Role::Bad : Role::Text);
    showButtons(ready, images);
    m_next->showState();
}

void RunStatus::showButtons(bool ready, bool images) {
    const RunState state = m_session.runs().state();
    const auto run = m_session.runs().run();
    const RunProgress& progress = m_session.runs().progress();
    const bool idle = state == RunState::Idle, waits = !m_session.runs().waitingBecause().isEmpty();
    m_go->setText(state == RunState::Running  ? tr("Pause")
                  : state == RunState::Paused ? (waits ? tr("Try again") : tr("Resume"))
                  : m_session.runs().fork()   ? tr("Train the fork")
                  : progress.ended            ? tr("Train again")
                                              : tr("Train"));
    theme::setIcon(*m_go, state == RunState::Running ? QStringLiteral("media-playback-pause")
                                                     : QStringLiteral("media-playback-start"));
    m_go->setEnabled((idle && ready) || state == RunState::Running || state == RunState::Paused);
    m_go->setToolTip(m_go->isEnabled() || !idle ? tr("Ctrl+Return")
                     : !images                  ? tr("Open a folder of images first.")
                                                : tr("Fix the settings marked in red first."));
    m_several->setVisible(idle && !m_session.runs().fork());
    m_several->setEnabled(ready);
    m_several->setToolTip(ready ? tr("Cross-validation, or the models that a text compares, one run after the other")
                                : m_go->toolTip());
    m_stop->setVisible(!idle);
    m_stop->setEnabled(state != RunState::Stopping);
    for (auto* control : {m_stopAfterEpoch, m_save}) {
        control->setVisible(!idle);
        control->setEnabled(state == RunState::Running || state == RunState::Paused);
    }
    const bool stops = m_session.runs().stopsAfterEpoch();
    m_stopAfterEpoch->setText(stops ? tr("Do not stop after epoch") : tr("Stop after epoch"));
    m_stopAfterEpoch->setAccessibleName(m_stopAfterEpoch->text());
    m_stopAfterEpoch->setToolTip(stops ? tr("The run stops when this epoch is done.")
                                       : tr("Finish this epoch with its validation and checkpoint, then stop"));
    m_progress->setVisible(!idle || (run && !progress.history.empty() &&
                                     progress.history.back().epoch < progress.experiment.training.epochs));
}

QString RunStatus::epochWords(int epoch) const {
    const int planned = m_session.runs().progress().experiment.training.epochs;
    return tr("Epoch %1 of %2").arg(std::min(epoch, std::max(1, planned))).arg(planned);
}

/// In a series or a search: of which run.
QString RunStatus::placed(const QString& words) const {
    if (const QString& trial = m_session.searches().place(); !trial.isEmpty())
        return tr("%1: %2").arg(trial, words);
    const QString& place = m_session.series().place();
    return place.isEmpty() ? words : tr("Run %1: %2").arg(place, words);
}

void RunStatus::showBatch(const BatchFinished& batch) {
    const int planned = m_session.runs().run() ? m_session.runs().progress().experiment.training.epochs : 1;
    if (m_session.runs().state() == RunState::Running)
        m_state->setText(placed(epochWords(batch.epoch)));
    m_figures->setBatch(batch);
    m_progress->setProgress(static_cast<qulonglong>((batch.epoch - 1) * batch.batches + batch.batch),
                            static_cast<qulonglong>(planned * std::max(1, batch.batches)));
}

} // namespace sightline::ui
