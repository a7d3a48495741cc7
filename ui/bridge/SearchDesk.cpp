// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SearchDesk.h"

#include <algorithm>
#include <utility>

#include "bridge/WindowSettings.h"
#include "engine/ProbeImages.h"
#include "look/Words.h"
#include "search/SearchRunner.h"
#include "search/SearchSteering.h"

namespace sightline::ui {

namespace {
constexpr int kPeriodMs = 1000;
constexpr qsizetype kNotes = SearchOutcome::kNotes;
const QString kDraftKey = QStringLiteral("search/draft");
} // namespace

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

bool SearchDesk::searchFor(const std::string& path, const std::vector<Json>& choices) {
    std::optional<SearchDraft> next = withSetting(m_draft, m_document.experiment(), path, choices);
    if (next)
        setDraft(std::move(*next));
    return next.has_value();
}

void SearchDesk::usePreset(const std::string& name) {
    std::optional<PresetDraft> preset = presetDraft(name, m_document.experiment().data);
    if (preset && m_document.setExperiment(std::move(preset->base)))
        setDraft(std::move(preset->draft));
}

std::vector<Problem> SearchDesk::problems() const {
    std::vector<Problem> found;
    planOf(m_draft, m_document.experiment(), found);
    return found;
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

void SearchDesk::begin(const QString& name, bool onSlurm, SearchOutcome::Folder folder, const std::string& id) {
    if (isUnderWay())
        return Q_EMIT refused(busyWords());
    if (m_runs.trainsHere() && !onSlurm)
        return Q_EMIT refused(tr("A run is in progress; stop it first."));
    m_outcome = std::make_shared<SearchOutcome>();
    m_outcome->onSlurm = onSlurm;
    if (m_data.dataset())
        m_outcome->openImages = m_document.experiment().data.path;
    m_watches = onSlurm;
    m_id = onSlurm ? id : std::string(); // one that is trained here shows itself with its first trial
    m_saidOf.clear();
    onSlurm ? watch(name, std::move(folder)) : train(name, std::move(folder));
    Q_EMIT changed();
}

void SearchDesk::train(const QString& name, SearchOutcome::Folder folder) {
    m_track.begin(name);
    m_runs.trainSeries([home = m_home, folder = std::move(folder),
                        outcome = m_outcome](Engine& engine, const std::stop_token& stop, TrainControl& control,
                                             const EventSink& sink, const TrainingThread::Next& next) {
        outcome->go(home, folder, stop, sink, next, [&](SearchRequest& request, const SearchSink& hear) {
            request.control = &control;
            return runSearch(engine, request, stop, hear);
        });
    });
}

void SearchDesk::watch(const QString& name, SearchOutcome::Folder folder) {
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
            outcome->go(
                home, folder, stop, [](const TrainEvent&) {}, next,
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
    refresh();
    Q_EMIT changed();
    Q_EMIT ended(QString::fromStdString(outcome->id), outcome->words(), outcome->isGood());
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

void SearchDesk::useTrial(int number) {
    const auto place = static_cast<std::size_t>(number);
    if (!m_shown || m_runs.trainsHere() || place >= m_shown->view.study.trials.size())
        return;
    std::vector<Problem> found;
    const SearchPlan& plan = m_shown->view.plan;
    Experiment experiment = experimentAt(plan, m_shown->view.study.trials[place].point, found);
    if (!found.empty())
        return Q_EMIT refused(QString::fromStdString(joined(found)));
    const bool opens = !m_data.dataset();
    if (!opens && !opensSameImages(experiment.data, m_document.experiment().data))
        experiment.data = withImagesOf(experiment.data, m_document.experiment().data);
    if (m_document.setExperiment(std::move(experiment)) && opens)
        m_data.openAsSaid();
}

} // namespace sightline::ui
