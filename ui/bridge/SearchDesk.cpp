// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SearchDesk.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

#include "bridge/PlainWords.h"
#include "bridge/WindowSettings.h"
#include "engine/ProbeImages.h"
#include "look/Words.h"
#include "search/SearchRunner.h"
#include "search/SearchSteering.h"

namespace sightline::ui {

namespace {
constexpr int kPeriodMs = 1000;
constexpr qsizetype kNotes = 3; ///< of the many that a long search says
const QString kDraftKey = QStringLiteral("search/draft");
} // namespace

/// What becomes of a search. Its thread writes it, the window's reads it once the search has ended, and how far it is
/// before.
struct SearchDesk::Outcome {
    std::string id;
    std::optional<Error> error;
    std::optional<SearchEnded> ended;
    std::atomic<int> done = 0;  ///< trials that have ended
    std::stop_source halt = {}; ///< of one on Slurm: ends the watching
    std::string openImages;     ///< where the window's images are
    std::string gone;           ///< where the search's images were

    void say(const std::string& note) {
        const std::scoped_lock lock(m_mutex);
        m_said << QString::fromStdString(note);
        if (m_said.size() > kNotes)
            m_said.removeFirst();
    }
    QStringList said() {
        const std::scoped_lock lock(m_mutex);
        return m_said;
    }

private:
    std::mutex m_mutex;
    QStringList m_said; ///< the last notes
};

SearchDesk::SearchDesk(std::filesystem::path home, ExperimentDocument& document, DataDesk& data, RunDesk& runs,
                       Activities& activities)
    : m_home(std::move(home)), m_document(document), m_data(data), m_runs(runs), m_activities(activities),
      m_track(document, runs, activities), m_reader(std::make_shared<SearchReader>(m_home)) {
    const auto kept = parseJson(windowSettings(m_home).value(kDraftKey).toByteArray().toStdString(), "window.ini");
    if (kept)
        m_draft = searchDraftFrom(*kept);
    m_timer.setInterval(kPeriodMs);
    m_timer.setSingleShot(true); // a slow disk is not asked twice
    connect(&m_timer, &QTimer::timeout, this, &SearchDesk::refresh);
    connect(&runs, &RunDesk::seriesAdvanced, this, [this](qulonglong index, qulonglong count, const QString& id) {
        if (trains())
            advance(index, count, id);
    });
    connect(&runs, &RunDesk::seriesEnded, this, [this](const QString& failure) {
        if (trains())
            end(failure);
    });
}

SearchDesk::~SearchDesk() = default;

void SearchDesk::setDraft(SearchDraft draft) {
    if (draft == m_draft)
        return;
    m_draft = std::move(draft);
    QSettings settings = windowSettings(m_home);
    settings.setValue(kDraftKey, QByteArray::fromStdString(toText(toJson(m_draft), -1)));
    Q_EMIT draftChanged();
}

void SearchDesk::show(const std::string& id) {
    if (m_shownId == id)
        return;
    m_shownId = id;
    m_shown.reset();
    Q_EMIT shownChanged();
    refresh();
}

void SearchDesk::setWatched(bool watched) {
    m_watched = watched;
    if (watched)
        refresh();
}

void SearchDesk::refresh() {
    m_timer.stop();
    m_lane.submit(
        this, [reader = m_reader, id = m_shownId](const std::stop_token&) { return reader->read(id); },
        [this](Result<SearchReader::Seen> seen) {
            if (seen)
                take(std::move(*seen));
            if (m_watched || isUnderWay())
                m_timer.start();
        });
}

void SearchDesk::take(SearchReader::Seen seen) {
    if (std::exchange(m_list, std::move(seen.list)) != m_list)
        Q_EMIT listChanged();
    if (std::exchange(m_shown, std::move(seen.shown)) != m_shown)
        Q_EMIT shownChanged();
}

void SearchDesk::start() {
    std::vector<Problem> found;
    Experiment base = m_document.experiment();
    if (const auto opened = m_data.dataset())
        base.training.probes = drawableProbes(std::move(base.training.probes), *opened);
    const SearchPlan plan = planOf(m_draft, base, found);
    if (!found.empty())
        return Q_EMIT refused(QString::fromStdString(joined(found)));
    begin(QString::fromStdString(plan.title()), plan.slurm.has_value(),
          [home = m_home, plan, write = m_data.finishWriting()](const std::stop_token& stop) -> Result<SearchFolder> {
              if (const auto written = write(stop); !written)
                  return written.error();
              return beginSearch(home, plan, stop);
          });
}

void SearchDesk::resume(const std::string& id) {
    const auto listed = std::find_if(m_list.begin(), m_list.end(), [&](const auto& one) { return one.id == id; });
    begin(
        listed != m_list.end() ? listed->title : tr("Search"), listed != m_list.end() && listed->onSlurm,
        [folder = SearchFolder(m_home / "searches" / id)](const std::stop_token&) {
            return Result<SearchFolder>(folder);
        },
        id);
}

void SearchDesk::leave() {
    if (m_outcome && m_watches)
        m_outcome->halt.request_stop();
}

QString SearchDesk::busyWords() const {
    if (trains())
        return tr("A search is in progress; stop it first.");
    return isUnderWay() ? tr("A search on Slurm is watched here; stop watching it first. It continues on Slurm.")
                        : QString();
}

/// One go of a search, on whatever thread.
void SearchDesk::go(const std::filesystem::path& home, const Folder& folder, const std::stop_token& stop,
                    Outcome& outcome, const EventSink& sink, const TrainingThread::Next& next, const Go& run) {
    const Result<SearchFolder> search = folder(stop);
    const Result<SearchPlan> plan = search ? search->plan() : Result<SearchPlan>(search.error());
    if (!plan) {
        outcome.error = plan.error();
        return;
    }
    outcome.id = search->id();
    SearchRequest request{home, *search};
    request.background = request.waitsForRoom = true;
    request.leavesJob = true; // the window may be closed
    const Result<Study> study = search->study();
    if (study)
        outcome.done = endedTrials(*study);
    if (std::error_code code; study && !std::filesystem::exists(plan->base.data.path, code)) {
        outcome.gone = plan->base.data.path;
        if (!study->trials.empty()) // else nothing tells whether these are the same
            request.dataPath = outcome.openImages;
    }
    std::size_t last = 0; // trial that began, from 1
    Result<SearchEnded> ended = run(request, [&](const SearchEvent& event) {
        if (const auto* trains = std::get_if<TrialTrains>(&event))
            return sink(trains->event);
        if (const auto* began = std::get_if<TrialBegan>(&event))
            last = static_cast<std::size_t>(began->trial.number) + 1;
        else if (const auto* note = std::get_if<SearchNote>(&event))
            outcome.say(note->message);
        else
            ++outcome.done;
        next(last, static_cast<std::size_t>(trialsOf(*plan)), search->id());
    });
    if (ended)
        outcome.ended = std::move(*ended);
    else
        outcome.error = ended.error();
}

void SearchDesk::begin(const QString& name, bool onSlurm, Folder folder, const std::string& id) {
    if (isUnderWay())
        return Q_EMIT refused(busyWords());
    if (m_runs.trainsHere() && !onSlurm)
        return Q_EMIT refused(tr("A run is in progress; stop it first."));
    m_outcome = std::make_shared<Outcome>();
    if (m_data.dataset())
        m_outcome->openImages = m_document.experiment().data.path;
    m_watches = onSlurm;
    m_id = onSlurm ? id : std::string(); // one that is trained here shows itself with its first trial
    m_saidOf.clear();
    onSlurm ? watch(name, std::move(folder)) : train(name, std::move(folder));
    Q_EMIT changed();
}

void SearchDesk::train(const QString& name, Folder folder) {
    m_track.begin(name);
    m_runs.trainSeries([home = m_home, folder = std::move(folder),
                        outcome = m_outcome](Engine& engine, const std::stop_token& stop, TrainControl& control,
                                             const EventSink& sink, const TrainingThread::Next& next) {
        go(home, folder, stop, *outcome, sink, next, [&](SearchRequest& request, const SearchSink& hear) {
            request.control = &control;
            return runSearch(engine, request, stop, hear);
        });
    });
}

void SearchDesk::watch(const QString& name, Folder folder) {
    m_watchedName = name;
    m_watching = m_activities.begin(name, [halt = m_outcome->halt]() mutable { halt.request_stop(); });
    m_watchLane.submit(
        this,
        [this, home = m_home, folder = std::move(folder), outcome = m_outcome](const std::stop_token& closed,
                                                                               const Courier& courier) {
            const std::stop_callback halts(closed, [&outcome] { outcome->halt.request_stop(); });
            const std::stop_token stop = outcome->halt.get_token();
            const auto next = [this, &courier](std::size_t index, std::size_t count, const std::string& id) {
                courier.post([this, index, count, id = QString::fromStdString(id)] { advance(index, count, id); });
            };
            go(
                home, folder, stop, *outcome, [](const TrainEvent&) {}, next,
                [&](const SearchRequest& request, const SearchSink& hear) { return watchSearch(request, stop, hear); });
            return Result<void>();
        },
        [this](const Result<void>& done) { end(done ? QString() : QString::fromStdString(done.error().message)); });
}

void SearchDesk::advance(qulonglong index, qulonglong count, const QString& id) {
    if (!isUnderWay())
        return;
    if (std::exchange(m_id, id.toStdString()).empty())
        show(m_id);
    hearNotes(m_id, m_outcome->said());
    const int done = m_outcome->done;
    const QString place = index == 0 ? tr("%1 of %2 done").arg(done).arg(count)
                                     : tr("Trial %1, %2 of %3 done").arg(index - 1).arg(done).arg(count);
    if (m_watches) {
        m_watching.setText(tr("%1: %2").arg(m_watchedName, place));
        m_watching.setProgress(static_cast<qulonglong>(done), count);
    } else {
        m_track.advance(place, static_cast<qulonglong>(done), count);
    }
    refresh();
    Q_EMIT changed();
}

void SearchDesk::hearNotes(const std::string& id, QStringList said) {
    m_saidOf = id;
    m_said = std::move(said);
}

QStringList SearchDesk::notes() const {
    QStringList all;
    if (m_shown)
        for (const std::string& note : m_shown->view.study.notes)
            all << QString::fromStdString(note);
    if (const qsizetype more = all.size() - kNotes; more > 0) {
        all.resize(kNotes);
        all << tr("… and %1 more").arg(grouped(more));
    }
    if (m_saidOf == m_shownId)
        all += m_said;
    all.removeDuplicates();
    return all;
}

QString SearchDesk::wordsOf(const Outcome& outcome) const {
    if (outcome.error && outcome.error->kind == ErrorKind::Cancelled)
        return tr("Stopped before the first trial.");
    if (outcome.error && !outcome.gone.empty())
        return tr("The search's images are not in %1 any more. Open them where they are now on the Data page, then "
                  "resume the search.")
            .arg(QString::fromStdString(outcome.gone));
    if (outcome.error)
        return plainWords(*outcome.error);
    const SearchView& view = outcome.ended->view;
    const int left = trialsOf(view.plan) - endedTrials(view.study);
    if (left > 0 && view.plan.slurm && outcome.ended->why.empty())
        return tr("The search continues on Slurm.");
    if (left > 0 && !outcome.ended->reason.empty())
        return QString::fromStdString(outcome.ended->reason) +
               counted(left, tr(": %1 trial is left. Resume the search on the Search page."),
                       tr(": %1 trials are left. Resume the search on the Search page."));
    if (left > 0)
        return counted(left, tr("The search has stopped; %1 trial is left. Resume it on the Search page."),
                       tr("The search has stopped; %1 trials are left. Resume it on the Search page."));
    const std::optional<int> best = bestTrial(view.study.trials, view.plan.maximize);
    return best ? tr("The search is finished: trial %1 is the best.").arg(*best)
                : tr("The search is finished; no trial was completed.");
}

void SearchDesk::end(const QString& failure) {
    const auto outcome = std::exchange(m_outcome, nullptr);
    if (!outcome)
        return;
    m_watches ? m_watching.end() : m_track.end();
    if (!failure.isEmpty())
        outcome->error = Error{failure.toStdString()};
    QStringList said = outcome->said();
    if (outcome->ended && !outcome->ended->reason.empty())
        said << QString::fromStdString(outcome->ended->reason) + QLatin1Char('.');
    hearNotes(outcome->id, std::move(said));
    const bool good = !outcome->error && outcome->ended->why.empty() &&
                      bestTrial(outcome->ended->view.study.trials, outcome->ended->view.plan.maximize);
    refresh();
    Q_EMIT changed();
    Q_EMIT ended(QString::fromStdString(outcome->id), wordsOf(*outcome), good);
}

void SearchDesk::pause() {
    if (m_shown && trainsTrialsOf(m_shown->view))
        m_runs.pause();
    else
        steer(RemoteCommand::Kind::Pause);
}

void SearchDesk::goOn() {
    if (m_shown && trainsTrialsOf(m_shown->view))
        m_runs.resume();
    else
        steer(RemoteCommand::Kind::Resume);
}

void SearchDesk::stop() {
    if (m_shown && trainsTrialsOf(m_shown->view))
        m_runs.stop();
    else
        steer(RemoteCommand::Kind::Stop);
}

void SearchDesk::steer(RemoteCommand::Kind command) {
    m_steerLane.submit(
        this,
        [folder = SearchFolder(m_home / "searches" / m_shownId), command](const std::stop_token& stop) {
            return steerSearch(folder, command, stop);
        },
        [this](const Result<void>& done) {
            if (!done)
                Q_EMIT refused(QString::fromStdString(done.error().message));
            refresh();
        });
}

} // namespace sightline::ui
