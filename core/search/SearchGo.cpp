// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SearchGo.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <utility>

#include "augment/SharedImages.h"
#include "search/Pruner.h"
#include "search/Sampler.h"
#include "search/SearchImages.h"
#include "store/RunStore.h"

namespace sightline {

namespace {

using State = SearchTrial::State;

constexpr std::chrono::minutes kLockOfTheDead(3); ///< how long a file server keeps the lock of a machine that died

} // namespace

SearchGo::SearchGo(Engine& engine, const SearchRequest& request, SearchView view, bool isShared, std::stop_token stop,
                   const SearchSink& sink)
    : m_engine(engine), m_request(request), m_view(std::move(view)), m_isShared(isShared), m_sink(sink),
      m_journal(m_view.folder / "journal.log", newRunId() + "-" + std::to_string(::getpid())),
      m_known(runsOfSearch(request.home, m_view.id)), m_images(std::make_shared<SharedImages>()),
      m_told(stop, [this] { m_halt.request_stop(); }) {}

void SearchGo::check(const Result<void>& written) {
    if (written || m_error)
        return;
    m_error = written.error();
    m_halt.request_stop();
}

void SearchGo::refresh() {
    if (!m_isShared)
        return;
    if (Result<Study> now = readStudy(m_view.folder / "journal.log");
        now && now->trials.size() >= m_view.study.trials.size())
        m_view.study = std::move(*now);
}

std::optional<SearchTrial> SearchGo::begin(const std::string& task) {
    std::vector<SearchTrial>& trials = m_view.study.trials;
    SearchTrial trial;
    trial.number = static_cast<int>(trials.size());
    trial.point = nextPoint(m_view.plan, trials);
    trial.started = journalTime();
    trial.task = task;
    check(m_journal.begin(trial, m_view.plan.space));
    if (m_error)
        return std::nullopt;
    std::vector<int>& ids = m_view.study.journalIds;
    ids.push_back(ids.empty() ? 0 : ids.back() + 1);
    trials.push_back(trial);
    m_sink(TrialBegan{trial});
    return trial;
}

SearchTrial SearchGo::trialNow(int number) const {
    const std::lock_guard lock(m_mutex);
    return m_view.study.trials[static_cast<std::size_t>(number)];
}

bool SearchGo::isPrunedNow(int number) {
    const std::lock_guard lock(m_mutex);
    refresh();
    const std::vector<SearchTrial>& trials = m_view.study.trials;
    return isPruned(m_view.plan, trials, trials[static_cast<std::size_t>(number)]);
}

bool SearchGo::execute(const SearchTrial& trial, TrainControl& control) {
    for (int execution = 0; execution < m_view.plan.executionsPerTrial; ++execution) {
        const Execution ended = trainExecution(trial.number, execution, control);
        if (ended.end == Execution::End::Interrupted)
            return false; // goes on the next time
        if (ended.end == Execution::End::Done)
            continue;
        finish(trial.number, ended.end == Execution::End::Pruned ? State::Pruned : State::Failed, ended.error);
        return true;
    }
    finish(trial.number, State::Complete, {});
    return true;
}

/// Where the images are, for a run that began with them elsewhere; empty where they are as it knows.
std::string SearchGo::movedFrom(const RunFolder& run) const {
    const std::string& now = m_view.plan.base.data.path;
    const Result<Experiment> experiment = run.experiment();
    return experiment && !distributionOf(m_view.plan.space, "data.path") && experiment->data.path != now
               ? now
               : std::string();
}

/// A new run, or the one of an earlier go where something of it was kept.
Result<TrainRequest> SearchGo::requestOf(int trial, int execution) {
    TrainRequest request;
    request.home = m_request.home;
    request.background = m_request.background;
    request.waitsForRoom = true; // says so instead of failing; hear() ends the search where nobody waits
    request.images = m_images;
    request.group = trialMember(m_view.plan, m_view.id, trial, execution);
    const auto known = m_known.find(request.group->member);
    if (known != m_known.end() && checkpointToResume(known->second.path())) {
        request.resume = known->second.id();
        request.dataPath = movedFrom(known->second);
        return request;
    }
    if (known != m_known.end()) {
        auto store = RunStore::open(m_request.home);
        if (const Result<void> gone = store ? store->remove(known->second) : Result<void>(store.error()); !gone) {
            const std::lock_guard lock(m_mutex);
            check(gone); // the trial is not to blame
            return gone.error();
        }
    }
    Result<Experiment> experiment = executionAt(m_view.plan, trialNow(trial), execution);
    if (!experiment)
        return experiment.error();
    request.experiment = std::move(*experiment);
    return request;
}

/// Somebody else has the run of a trial, which is an error of the search, not of the trial. A task that began again on
/// another machine waits: the run is locked until the file server has forgotten the first one. True: it does not, or
/// the search is stopped.
bool SearchGo::waitsInVain(const RunFolder& run) {
    const auto until = std::chrono::steady_clock::now() + (m_isShared ? kLockOfTheDead : kLockOfTheDead.zero());
    std::mutex own;
    std::condition_variable_any never;
    while (run.isRunning()) {
        if (std::chrono::steady_clock::now() < until) {
            std::unique_lock lock(own);
            never.wait_for(lock, m_halt.get_token(), std::chrono::seconds(1), [] { return false; });
            if (m_halt.stop_requested())
                return true;
            continue;
        }
        const std::optional<RunOwner> owner = ownerOf(run.path());
        const std::lock_guard speaks(m_mutex);
        check(Error{"The run " + run.id() + " is in progress already" +
                    (owner && !owner->host.empty() ? " on the host " + shown(owner->host) : std::string()) +
                    (m_isShared ? "; end that process, and the trial continues with the next task."
                                : "; end that process first.")});
        return true;
    }
    return false;
}

SearchGo::Execution SearchGo::trainExecution(int trial, int execution, TrainControl& control) {
    const std::string member = trialMember(m_view.plan, m_view.id, trial, execution).member;
    if (const auto known = m_known.find(member); known != m_known.end() && isDone(known->second)) {
        const std::lock_guard lock(m_mutex);
        started(trial, execution, known->second.id());
        return {};
    }
    if (execution == 0 && isPrunedNow(trial))
        return {Execution::End::Pruned};
    if (const auto known = m_known.find(member); known != m_known.end() && waitsInVain(known->second))
        return {Execution::End::Interrupted};
    const Result<TrainRequest> request = requestOf(trial, execution);
    if (!request) {
        const Result<void> possible = hasPossibleTrials(SearchFolder(m_view.folder), m_view.plan);
        const std::lock_guard lock(m_mutex);
        check(possible);
        return m_halt.stop_requested() ? Execution{Execution::End::Interrupted}
                                       : Execution{Execution::End::Failed, request.error().message};
    }
    bool prunes = false;
    const RunEnded ended = m_engine.train(*request, m_halt.get_token(), control, [&](const TrainEvent& event) {
        hear(trial, execution, event, control, prunes);
    });
    if (ended.outcome == RunEnded::Outcome::Completed)
        return {};
    if (ended.outcome == RunEnded::Outcome::Failed && !m_halt.stop_requested()) {
        const Result<void> able =
            canTrain(m_request.home, SearchFolder(m_view.folder), m_view.plan, m_halt.get_token());
        if (able)
            return {Execution::End::Failed, ended.reason};
        const std::lock_guard lock(m_mutex);
        if (able.error().kind != ErrorKind::Cancelled)
            check(able);
    }
    if (m_halt.stop_requested())
        return {Execution::End::Interrupted};
    return {prunes ? Execution::End::Pruned : Execution::End::Done}; // or somebody stopped the run: that is its end
}

void SearchGo::started(int trial, int execution, const std::string& run) {
    std::vector<std::string>& runs = m_view.study.trials[static_cast<std::size_t>(trial)].runs;
    const auto place = static_cast<std::size_t>(execution);
    if (place < runs.size() && runs[place] == run)
        return;
    runs.resize(std::max(runs.size(), place + 1));
    runs[place] = run;
    check(m_journal.setRuns(m_view.study.journalIds[static_cast<std::size_t>(trial)], runs));
}

void SearchGo::hear(int trial, int execution, const TrainEvent& event, TrainControl& control, bool& prunes) {
    const std::lock_guard lock(m_mutex);
    if (const auto* begun = std::get_if<RunStarted>(&event))
        started(trial, execution, begun->run);
    if (const auto* paused = std::get_if<RunPaused>(&event); paused && !paused->why.empty() && !m_request.waitsForRoom)
        check(Error{paused->why});
    if (const auto* epoch = std::get_if<EpochFinished>(&event); epoch && execution == 0) {
        SearchTrial& own = m_view.study.trials[static_cast<std::size_t>(trial)];
        if (const std::optional<double> value = epoch->metrics.value(m_view.plan.objective);
            value && std::isfinite(*value)) {
            own.reports[epoch->metrics.epoch] = *value;
            check(m_journal.report(m_view.study.journalIds[static_cast<std::size_t>(trial)], epoch->metrics.epoch,
                                   *value));
        }
        refresh();
        prunes = isPruned(m_view.plan, m_view.study.trials, m_view.study.trials[static_cast<std::size_t>(trial)]);
        if (prunes)
            control.stopAfterEpoch();
    }
    m_sink(TrialTrains{trial, execution, event});
}

void SearchGo::finish(int number, State state, const std::string& error) {
    const std::lock_guard lock(m_mutex);
    refresh();
    SearchTrial& trial = m_view.study.trials[static_cast<std::size_t>(number)];
    trial.state = state;
    trial.error = error;
    trial.ended = journalTime();
    settle(trial, m_request.home, m_view.plan);
    check(m_journal.end(m_view.study.journalIds[static_cast<std::size_t>(number)], trial));
    m_sink(TrialEnded{trial, bestTrial(m_view.study.trials, m_view.plan.maximize) == number});
    refresh(); // of two that end at the same time the later one knows both
    dropOthers();
}

void SearchGo::dropOthers() {
    const std::vector<int> dropped = dropCheckpoints(m_request.home, m_view.plan, m_view.study.trials);
    if (!dropped.empty())
        m_sink(CheckpointsRemoved{dropped, m_view.plan.keepBest});
}

} // namespace sightline
