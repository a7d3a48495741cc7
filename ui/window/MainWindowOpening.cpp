// SPDX-License-Identifier: GPL-3.0-or-later
// The second half of the window: what is opened, dropped, saved and remembered.
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QMimeData>
#include <QSettings>

#include <algorithm>
#include <filesystem>

#include "experiment/Presets.h"
#include "pages/ClassifyWindow.h"
#include "pages/RunsPage.h"
#include "store/RunCheckpoint.h"
#include "store/RunEvents.h"
#include "store/RunFork.h"
#include "store/RunState.h"
#include "support/Files.h"
#include "widgets/MessageStrip.h"
#include "widgets/Prompts.h"
#include "window/MainWindow.h"
#include "window/Place.h"
#include "window/StartPage.h"

namespace sightline::ui {

namespace {
constexpr int kRecent = 5;
const QString kRecentKey = QStringLiteral("recentFolders");

bool isRun(const QFileInfo& info) {
    return info.isDir() && QFileInfo::exists(info.filePath() + QStringLiteral("/experiment.json"));
}
/// A network from elsewhere, as importRun() takes it.
bool isNetwork(const QFileInfo& info) {
    const QString folder = info.filePath();
    if (info.isDir())
        return QFileInfo::exists(folder + QStringLiteral("/config.json")) &&
               QFileInfo::exists(folder + QStringLiteral("/model.safetensors"));
    return info.suffix() == QLatin1String("onnx") || info.suffix() == QLatin1String("safetensors");
}
/// At a checkpoint; a fork from there is trained, and so is a run that was asked to go on.
bool hasStoppedEarly(const std::filesystem::path& folder, const KeptCheckpoint& at) {
    const Result<SafetensorsFile> file = SafetensorsFile::open(at.file);
    const std::optional<Json> state = file ? runStateIn(*file) : std::nullopt;
    if (!state || at.batch > 0 || state->value("stopped_early", Json()) != Json(true))
        return false;
    const std::optional<RunParent> parent = parentOf(RunFolder(folder));
    return !(parent && parent->epoch == at.epoch) &&
           !readRunEvents(folder / "events.jsonl").resumedAfter.contains(at.epoch);
}
} // namespace

void MainWindow::openFolder() {
    const QString folder = prompts().openFolder(this, tr("Open a folder of images"),
                                                windowSettings(m_session).value(kRecentKey).toStringList().value(0));
    if (!folder.isEmpty())
        openPath(folder);
}

void MainWindow::openPreset(const QString& name) {
    const Preset* preset = findPreset(name.toStdString());
    const QString folder =
        preset ? prompts().openFolder(this, tr("Images for this experiment"),
                                      windowSettings(m_session).value(kRecentKey).toStringList().value(0))
               : QString();
    if (folder.isEmpty())
        return;
    const auto json = parseJson(preset->json, preset->name);
    auto experiment = json ? experimentFromJson(*json) : Result<Experiment>(json.error());
    if (!experiment) {
        m_strip->say(MessageStrip::Kind::Problem, QString::fromStdString(experiment.error().message));
        return;
    }
    experiment->data.path = folder.toStdString();
    if (!m_session.document().setExperiment(std::move(*experiment)))
        return;
    m_wanted = QStringLiteral("network");
    m_note = QString::fromStdString(preset->about);
    m_session.data().open(folder);
}

void MainWindow::openPresetTable(const QString& name) {
    const QString folder = prompts().openFolder(this, tr("Images for these experiments"),
                                                windowSettings(m_session).value(kRecentKey).toStringList().value(0));
    if (folder.isEmpty())
        return;
    m_wanted = QStringLiteral("train");
    m_wantedTable = name;
    m_session.data().open(folder);
}

void MainWindow::saySeries(const QString& group, const QString& words, bool good) {
    m_strip->say(good ? MessageStrip::Kind::Good : MessageStrip::Kind::Problem, words,
                 group.isEmpty() ? QString() : tr("Show the group"), [this, group] {
                     showPage(QStringLiteral("runs"));
                     m_runsPage->showGroup(group);
                 });
}

void MainWindow::saySearch(const QString& id, const QString& words, bool good) {
    const bool isThere = !id.isEmpty() && currentPage() != QLatin1String("search");
    m_strip->say(good ? MessageStrip::Kind::Good : MessageStrip::Kind::Note, words,
                 isThere ? tr("Show the search") : QString(), [this, id] {
                     m_session.searches().show(id.toStdString());
                     showPage(QStringLiteral("search"));
                 });
}

void MainWindow::openFile() {
    const QString recent = windowSettings(m_session).value(kRecentKey).toStringList().value(0);
    const QString file = prompts().openFile(
        this, tr("Open an archive or a table"), recent.isEmpty() ? recent : QFileInfo(recent).path(),
        tr("Data sets (*.zip *.tar *.tgz *.tbz2 *.txz *.tar.* *.csv *.tsv *-ubyte *-ubyte.gz *.bin);;All files (*)"));
    if (!file.isEmpty())
        openPath(file);
}

/// The images of the run in view are not where they were: only the person can know where.
void MainWindow::askForImages(const QString& why) {
    m_strip->say(MessageStrip::Kind::Problem, tr("%1 Where are the images now?").arg(why), tr("Choose a folder…"),
                 [this] {
                     const QString folder = prompts().openFolder(this, tr("Where are the images now?"), {});
                     if (!folder.isEmpty())
                         m_session.runs().images().relocate(folder);
                 });
}

void MainWindow::openPath(const QString& path) {
    const QFileInfo info(path);
    m_strip->hide();
    if (!info.exists()) {
        m_strip->say(MessageStrip::Kind::Problem, tr("%1 does not exist.").arg(path));
    } else if (isRun(info)) {
        m_session.runs().open(info.absoluteFilePath());
        showPage(QStringLiteral("train"));
    } else if (isNetwork(info)) {
        showPage(QStringLiteral("runs"));
        m_session.runs().list().importFrom(info.absoluteFilePath().toStdString());
    } else if (info.isDir() || namesDataset(info.fileName().toStdString())) {
        m_wanted = QStringLiteral("data");
        m_session.data().open(info.absoluteFilePath());
    } else if (info.suffix().compare(QLatin1String("json"), Qt::CaseInsensitive) == 0) {
        openExperiment(info.absoluteFilePath());
    } else {
        showPage(QStringLiteral("explain"));
        m_session.questions().explain({std::nullopt, info.absoluteFilePath()});
    }
}

void MainWindow::classifyWith(const QString& runFolder, const QString& name) {
    m_session.classifying().setRun(runFolder.toStdString(), name);
    if (!m_classify) {
        m_classify = new ClassifyWindow(m_session, this);
        connect(m_classify, &ClassifyWindow::explainAsked, this, [this](const QString& file) {
            openPath(file);
            activateWindow();
        });
    }
    m_classify->show();
    m_classify->raise();
    m_classify->activateWindow();
}

void MainWindow::openExperiment(const QString& file) {
    const auto read = readExperiment(file.toStdString());
    if (!read) {
        m_strip->say(MessageStrip::Kind::Problem, QString::fromStdString(read.error().message));
        return;
    }
    Experiment next = *read;
    const bool hasData = !next.data.path.empty();
    if (!hasData)
        next.data.path = m_session.document().experiment().data.path;
    if (!m_session.document().setExperiment(next))
        return;
    if (hasData)
        m_session.data().openAsSaid();
    showPage(QStringLiteral("train"));
    m_strip->say(MessageStrip::Kind::Good, tr("Loaded the settings from %1.").arg(QFileInfo(file).fileName()));
}

void MainWindow::saveExperiment() {
    const QString file =
        prompts().saveFile(this, tr("Save the experiment's settings"),
                           QString::fromStdString(m_session.document().experiment().name) + QStringLiteral(".json"),
                           tr("Experiments (*.json)"));
    if (file.isEmpty())
        return;
    const auto written =
        writeFileAtomically(file.toStdString(), toJson(m_session.document().experiment()).dump(2) + "\n");
    m_strip->say(written ? MessageStrip::Kind::Good : MessageStrip::Kind::Problem,
                 written ? tr("Saved %1.").arg(file) : QString::fromStdString(written.error().message));
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls() && event->mimeData()->urls().first().isLocalFile())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    if (event->mimeData()->urls().isEmpty())
        return;
    event->acceptProposedAction();
    openPath(event->mimeData()->urls().first().toLocalFile());
}

void MainWindow::remember(const QString& folder) {
    QSettings settings = windowSettings(m_session);
    QStringList recent = settings.value(kRecentKey).toStringList();
    recent.removeAll(folder);
    recent.prepend(folder);
    settings.setValue(kRecentKey, QVariant(recent.mid(0, kRecent)));
    m_start->setRecent(recent.mid(0, kRecent));
}

/// Where names suggest that images belong together, the split keeps them so, and says it.
void MainWindow::sayGroups() {
    const auto& guesses = m_session.data().dataset()->guesses;
    const auto groups =
        std::find_if(guesses.begin(), guesses.end(), [](const Guess& guess) { return guess.what == kGroupsGuess; });
    if (groups != guesses.end())
        m_strip->say(MessageStrip::Kind::Note,
                     tr("Images seem to belong together (%1 …), such as all of one patient or object. Each group is "
                        "used either for training or for validation, not for both.")
                         .arg(QString::fromStdString(groups->value)),
                     tr("Split them one by one"), [this] {
                         Experiment apart = m_session.document().experiment();
                         apart.data.group.pattern.clear();
                         m_session.document().setExperiment(apart);
                     });
}

/// A run without an end was cut off: the next start offers to go on, to keep what it has, or to throw it away. Where
/// one is kept or thrown away, the next is offered.
void MainWindow::offerInterrupted(const std::vector<RunSummary>& runs) {
    if (!std::exchange(m_offers, false) || m_session.runs().state() != RunState::Idle)
        return;
    const auto run = std::find_if(runs.begin(), runs.end(), [this](const RunSummary& each) {
        return each.state == "interrupted" &&
               std::find(m_offered.begin(), m_offered.end(), each.folder) == m_offered.end();
    });
    if (run == runs.end())
        return;
    m_offered.push_back(run->folder);
    if (run->group && run->group->kind == RunGroup::Kind::Search)
        return offerSearch(*run->group);
    m_offerLane.submit(
        this, [run = *run](const std::stop_token&) { return leftOf(run); },
        [this, run = *run](const Result<Left>& left) {
            if (m_session.runs().state() == RunState::Idle)
                offer(run, left ? *left : Left::Nothing);
        });
}

MainWindow::Left MainWindow::leftOf(const RunSummary& run) {
    const std::optional<KeptCheckpoint> from = checkpointToResume(run.folder);
    if (!from)
        return isHalfFork(RunFolder(run.folder)) ? Left::HalfFork : Left::Nothing;
    return from->epoch >= run.plannedEpochs || hasStoppedEarly(run.folder, *from) ? Left::Trained : Left::Checkpoint;
}

/// One of its trials was cut off: it goes on with the others.
void MainWindow::offerSearch(const RunGroup& search) {
    const auto look = [this, id = search.id] {
        m_wanted.clear(); // images that are being opened do not lead away
        m_session.searches().show(id);
        showPage(QStringLiteral("search"));
    };
    const auto resume = [this, look, id = search.id] {
        look();
        m_session.searches().resume(id);
    };
    m_strip->say(MessageStrip::Kind::Note,
                 tr("The search “%1” was interrupted; its trials are kept.").arg(QString::fromStdString(search.name)),
                 {{tr("Resume"), resume}, {tr("Look at it"), look}});
}

void MainWindow::offer(const RunSummary& run, Left left) {
    const QString name = QString::fromStdString(run.name);
    const int under = std::min(run.epochs + 1, run.plannedEpochs);
    const auto resume = [this, folder = run.folder] {
        showPage(QStringLiteral("train"));
        m_session.runs().resumeRun(folder);
    };
    const auto keep = [this, folder = run.folder, name] {
        m_offers = true;
        m_session.runs().list().settle(folder);
        m_strip->say(MessageStrip::Kind::Good, tr("“%1” is kept as it is; Runs lists it.").arg(name));
    };
    const auto discard = [this, folder = run.folder, name] {
        if (!prompts().confirm(this, tr("Delete “%1” with its checkpoints? This cannot be undone.").arg(name),
                               tr("Delete")))
            return;
        m_offers = true;
        m_session.runs().remove(folder);
    };
    if (left == Left::HalfFork)
        m_strip->say(MessageStrip::Kind::Note,
                     tr("Making the fork “%1” was interrupted. Fork the run again.").arg(name),
                     {{tr("Discard"), discard}});
    else if (left != Left::Nothing)
        m_strip->say(MessageStrip::Kind::Note,
                     left == Left::Trained
                         ? tr("“%1” was interrupted after its last epoch, before it was complete.").arg(name)
                         : tr("“%1” stopped in epoch %2 of %3.").arg(name).arg(under).arg(run.plannedEpochs),
                     {{tr("Resume"), resume},
                      {run.bestEpoch > 0 ? tr("Keep the best") : tr("Keep it"), keep},
                      {tr("Discard"), discard}});
    else
        m_strip->say(
            MessageStrip::Kind::Note,
            (run.epochs == 0 ? tr("“%1” stopped in epoch %2 of %3 before anything was saved.")
                             : tr("“%1” stopped in epoch %2 of %3; no checkpoint of it can be read."))
                .arg(name)
                .arg(under)
                .arg(run.plannedEpochs),
            {{tr("Start again"), [this, folder = run.folder] { startAgain(folder); }}, {tr("Discard"), discard}});
}

/// A new run with the settings and the images of one that has nothing to go on from; that one counts as stopped.
void MainWindow::startAgain(const std::filesystem::path& run) {
    const Result<Experiment> experiment = RunFolder(run).experimentAtStart();
    if (!experiment) {
        m_strip->say(MessageStrip::Kind::Problem, QString::fromStdString(experiment.error().message));
        return;
    }
    m_session.runs().list().settle(run);
    m_session.document().setExperiment(*experiment);
    m_wanted = QStringLiteral("train");
    m_session.data().openAsSaid();
    showPage(QStringLiteral("train"));
    auto* once = new QObject(this);
    const auto done = [once] { once->deleteLater(); };
    connect(&m_session.data(), &DataDesk::opened, once, [this, done] {
        done();
        m_session.runs().start();
    });
    connect(&m_session.data(), &DataDesk::failed, once, done);
    connect(&m_session.data(), &DataDesk::openingBegan, once, done); // something else is wanted now
}

/// Also while it goes on, so that a program that is killed finds back.
void MainWindow::keepPlaceSoon() {
    constexpr int kDelay = 1000; // many changes are one
    if (m_placeTimer.isActive())
        return;
    m_placeTimer.setSingleShot(true);
    m_placeTimer.start(kDelay);
}

void MainWindow::keepPlaceNow() {
    if (!m_session.data().dataset()) // nothing is open, or not yet
        return;
    QSettings settings = windowSettings(m_session);
    keepPlace(settings, *this, m_session, currentPage());
}

/// Sizes, page, and the settings with their images or their run, as they were when the window was closed.
void MainWindow::restore() {
    QSettings settings = windowSettings(m_session);
    const Place place = restorePlace(settings, *this);
    m_start->setRecent(settings.value(kRecentKey).toStringList());
    if (m_session.data().dataset()) // a second window on the same session
        return showPage(QStringLiteral("data"));
    showPage(place.page.isEmpty() ? QStringLiteral("start") : place.page);
    if (!place.experiment)
        return;
    m_wanted = place.page;
    m_restoring = true;
    if (!place.run.isEmpty())
        return m_session.runs().open(place.run);
    m_session.document().setExperiment(*place.experiment);
    m_session.data().openAsSaid();
}

} // namespace sightline::ui
