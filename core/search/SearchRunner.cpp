// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SearchRunner.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>
#include <utility>

#include "augment/SharedImages.h"
#include "engine/TrainControl.h"
#include "search/JournalFile.h"
#include "search/Pruner.h"
#include "search/Sampler.h"
#include "search/SearchImages.h"
#include "search/SearchSteering.h"
#include "search/TrialRuns.h"
#include "store/RunMark.h"
#include "store/RunStore.h"
#include "support/Words.h"

namespace sightline {

namespace {

using State = SearchTrial::State;

/// How an execution ended.
struct Execution {
    enum class End { Done, Pruned, Failed, Interrupted };
    End end = End::Done;
    std::string error{}; ///< where it failed
    std::string run{};
};

/// One go of a search. Workers, one a parallel trial, share the study; whoever holds the mutex may look at it, write
/// the journal and speak.
class SearchRunner {
public:
    SearchRunner(Engine& engine, const SearchRequest& request, SearchView view, std::stop_token stop,
                 const SearchSink& sink)
        : m_engine(engine), m_request(request), m_view(std::move(view)), m_sink(sink),
          m_journal(m_view.folder / "journal.log", newRunId() + "-" + std::to_string(::getpid())),
          m_known(runsOfSearch(request.home, m_view.id)), m_told(stop, [this] { m_halt.request_stop(); }) {}

    Result<void> run();
    /// Why trials are left; empty where none are.
    std::string why() const;

private:
    Result<void> begin();
    void work(TrainControl& control);
    std::optional<SearchTrial> next();
    void execute(const SearchTrial& trial, TrainControl& control);
    Execution trainExecution(int trial, int execution, TrainControl& control);
    Result<TrainRequest> requestOf(int trial, int execution);
    std::string movedFrom(const RunFolder& run) const;
    void hear(int trial, int execution, const TrainEvent& event, TrainControl& control, bool& prunes);
    void started(int trial, int execution, const std::string& run);
    void finish(int trial, State state, const std::string& error);
    void dropOthers();
    Result<std::vector<ExecutionFigures>> figures(const SearchTrial& trial) const;
    SearchTrial trialNow(int number) const;
    bool isPrunedNow(int number) const;
    bool timeIsUp() const {
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - m_begun;
        return m_view.plan.minutes > 0 && passed.count() > m_view.plan.minutes * 60;
    }
    /// What cannot be written ends the search.
    void check(const Result<void>& written);

    Engine& m_engine;
    const SearchRequest& m_request;
    SearchView m_view;
    const SearchSink& m_sink;
    StudyJournal m_journal;
    std::map<std::string, RunFolder> m_known; ///< runs of earlier goes
    std::shared_ptr<SharedImages> m_images = std::make_shared<SharedImages>();
    std::stop_source m_halt;
    std::chrono::steady_clock::time_point m_begun = std::chrono::steady_clock::now();
    mutable std::mutex m_mutex;
    std::vector<int> m_left; ///< trials of earlier goes that go on, the last first
    std::optional<Error> m_error;
    std::stop_callback<std::function<void()>> m_told;
};

void SearchRunner::check(const Result<void>& written) {
    if (written || m_error)
        return;
    m_error = written.error();
    m_halt.request_stop();
}

Result<void> SearchRunner::begin() {
    JournalLock::dropOurs(m_view.folder / "journal.log");
    for (const std::string& note : m_view.study.notes)
        m_sink(SearchNote{note});
    for (auto trial = m_view.study.trials.rbegin(); trial != m_view.study.trials.rend(); ++trial)
        if (trial->state == State::Running)
            m_left.push_back(trial->number);
    return m_view.study.hasBegun ? Result<void>() : m_journal.createStudy(m_view.plan.title(), m_view.plan.maximize);
}

Result<void> SearchRunner::run() {
    if (const Result<void> begun = begin(); !begun)
        return begun;
    std::vector<std::unique_ptr<TrainControl>> own;
    std::vector<TrainControl*> controls;
    if (m_request.control)
        controls.push_back(m_request.control);
    while (static_cast<int>(controls.size()) < m_view.plan.parallel)
        controls.push_back(own.emplace_back(std::make_unique<TrainControl>()).get());
    const SearchSteering steering(m_view.folder, controls, [this] { m_halt.request_stop(); });
    if (controls.size() == 1) {
        work(*controls.front());
    } else {
        std::vector<std::jthread> workers;
        for (TrainControl* control : controls)
            workers.emplace_back([this, control] { work(*control); });
    }
    return m_error ? Result<void>(*m_error) : Result<void>();
}

void SearchRunner::work(TrainControl& control) {
    while (const std::optional<SearchTrial> trial = next())
        execute(*trial, control);
}

std::optional<SearchTrial> SearchRunner::next() {
    const std::lock_guard lock(m_mutex);
    if (m_halt.stop_requested())
        return std::nullopt;
    std::vector<SearchTrial>& trials = m_view.study.trials;
    if (!m_left.empty()) {
        const SearchTrial& trial = trials[static_cast<std::size_t>(m_left.back())];
        m_left.pop_back();
        m_sink(TrialBegan{trial, true});
        return trial;
    }
    if (static_cast<int>(trials.size()) >= trialsOf(m_view.plan) || timeIsUp())
        return std::nullopt;
    SearchTrial trial;
    trial.number = static_cast<int>(trials.size());
    trial.point = nextPoint(m_view.plan, trials);
    trial.started = journalTime();
    check(m_journal.begin(trial, m_view.plan.space));
    if (m_error)
        return std::nullopt;
    std::vector<int>& ids = m_view.study.journalIds;
    ids.push_back(ids.empty() ? 0 : ids.back() + 1);
    trials.push_back(trial);
    m_sink(TrialBegan{trial});
    return trial;
}

SearchTrial SearchRunner::trialNow(int number) const {
    const std::lock_guard lock(m_mutex);
    return m_view.study.trials[static_cast<std::size_t>(number)];
}

bool SearchRunner::isPrunedNow(int number) const {
    const std::lock_guard lock(m_mutex);
    const std::vector<SearchTrial>& trials = m_view.study.trials;
    return isPruned(m_view.plan, trials, trials[static_cast<std::size_t>(number)]);
}

void SearchRunner::execute(const SearchTrial& trial, TrainControl& control) {
    for (int execution = 0; execution < m_view.plan.executionsPerTrial; ++execution) {
        const Execution ended = trainExecution(trial.number, execution, control);
        if (ended.end == Execution::End::Interrupted)
            return; // goes on the next time
        if (ended.end != Execution::End::Done)
            return finish(trial.number, ended.end == Execution::End::Pruned ? State::Pruned : State::Failed,
                          ended.error);
    }
    finish(trial.number, State::Complete, {});
}

/// Where the images are, for a run that began with them elsewhere; empty where they are as it knows.
std::string SearchRunner::movedFrom(const RunFolder& run) const {
    const std::string& now = m_view.plan.base.data.path;
    const Result<Experiment> experiment = run.experiment();
    return experiment && !distributionOf(m_view.plan.space, "data.path") && experiment->data.path != now
               ? now
               : std::string();
}

/// A new run, or the one of an earlier go where something of it was kept.
Result<TrainRequest> SearchRunner::requestOf(int trial, int execution) {
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
        if (const Result<void> gone = store ? store->remove(known->second) : Result<void>(store.error()); !gone)
            return gone.error();
    }
    Result<Experiment> experiment = executionAt(m_view.plan, trialNow(trial), execution);
    if (!experiment)
        return experiment.error();
    request.experiment = std::move(*experiment);
    return request;
}

Execution SearchRunner::trainExecution(int trial, int execution, TrainControl& control) {
    const std::string member = trialMember(m_view.plan, m_view.id, trial, execution).member;
    if (const auto known = m_known.find(member); known != m_known.end() && isDone(known->second)) {
        const std::lock_guard lock(m_mutex);
        started(trial, execution, known->second.id());
        return {};
    }
    if (execution == 0 && isPrunedNow(trial))
        return {Execution::End::Pruned};
    const Result<TrainRequest> request = requestOf(trial, execution);
    if (!request)
        return {Execution::End::Failed, request.error().message};
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

void SearchRunner::started(int trial, int execution, const std::string& run) {
    std::vector<std::string>& runs = m_view.study.trials[static_cast<std::size_t>(trial)].runs;
    const auto place = static_cast<std::size_t>(execution);
    if (place < runs.size() && runs[place] == run)
        return;
    runs.resize(std::max(runs.size(), place + 1));
    runs[place] = run;
    check(m_journal.setRuns(m_view.study.journalIds[static_cast<std::size_t>(trial)], runs));
}

void SearchRunner::hear(int trial, int execution, const TrainEvent& event, TrainControl& control, bool& prunes) {
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
        prunes = isPruned(m_view.plan, m_view.study.trials, own);
        if (prunes)
            control.stopAfterEpoch();
    }
    m_sink(TrialTrains{trial, execution, event});
}

Result<std::vector<ExecutionFigures>> SearchRunner::figures(const SearchTrial& trial) const {
    std::vector<ExecutionFigures> all;
    for (const std::string& run : trial.runs) {
        Result<ExecutionFigures> one = figuresOf(RunFolder(m_request.home / "runs" / run), m_view.plan);
        if (!one)
            return one.error();
        all.push_back(std::move(*one));
    }
    return all;
}

void SearchRunner::finish(int number, State state, const std::string& error) {
    const std::lock_guard lock(m_mutex);
    SearchTrial& trial = m_view.study.trials[static_cast<std::size_t>(number)];
    trial.state = state;
    trial.error = error;
    trial.ended = journalTime();
    if (state == State::Complete) {
        const Result<std::vector<ExecutionFigures>> all = figures(trial);
        if (!all) {
            trial.state = State::Failed;
            trial.error = all.error().message;
        } else {
            const auto count = static_cast<double>(all->size());
            trial.values.clear();
            trial.figures.clear();
            for (const ExecutionFigures& one : *all) {
                trial.values.push_back(one.value);
                for (const auto& [name, value] : one.others)
                    trial.figures[name] += value / count;
            }
            trial.value = std::accumulate(trial.values.begin(), trial.values.end(), 0.0) / count;
        }
    } else if (state == State::Pruned && !trial.reports.empty()) {
        trial.value = trial.reports.rbegin()->second;
    }
    check(m_journal.end(m_view.study.journalIds[static_cast<std::size_t>(number)], trial));
    m_sink(TrialEnded{trial, bestTrial(m_view.study.trials, m_view.plan.maximize) == number});
    dropOthers();
}

void SearchRunner::dropOthers() {
    const std::vector<int> dropped = dropCheckpoints(m_request.home, m_view.plan, m_view.study.trials);
    if (dropped.empty())
        return;
    std::vector<std::string> names;
    for (const int trial : dropped)
        names.push_back(std::to_string(trial));
    m_sink(SearchNote{"The checkpoints of " + std::string(names.size() == 1 ? "trial " : "the trials ") +
                      listed(names) + " are removed; the best " +
                      (m_view.plan.keepBest == 1 ? "trial keeps its own."
                                                 : std::to_string(m_view.plan.keepBest) + " trials keep theirs.")});
}

std::string SearchRunner::why() const {
    const int left = trialsOf(m_view.plan) - endedTrials(m_view.study);
    if (left <= 0)
        return {};
    return (m_halt.stop_requested() ? "Stopped" : "The time is up") + std::string(": ") +
           counted(static_cast<std::size_t>(left), "trial") + (left == 1 ? " is" : " are") + " left; search resume " +
           m_view.id + " continues.";
}

} // namespace

Result<SearchEnded> runSearch(Engine& engine, const SearchRequest& request, std::stop_token stop,
                              const SearchSink& sink) {
    if (const auto owner = ownerOf(request.folder.path()))
        return badInput("The search " + request.folder.id() + " is running already (process " +
                        std::to_string(owner->process) + (owner->host.empty() ? "" : " on " + shown(owner->host)) +
                        "); stop it first.");
    std::optional<RunMark> mark;
    if (Result<RunMark> taken = RunMark::take(request.folder.path()); taken)
        mark = std::move(*taken);
    else
        return taken.error();
    if (!request.dataPath.empty())
        if (const Result<void> moved = moveImages(request.home, request.folder, request.dataPath, stop); !moved)
            return moved.error();
    Result<SearchView> view = viewSearch(request.folder);
    if (!view)
        return view.error();
    if (endedTrials(view->study) < trialsOf(view->plan))
        if (const Result<void> able = canTrain(request.home, request.folder, view->plan, stop); !able)
            return able.error();
    if (request.control)
        view->plan.parallel = 1;
    SearchRunner runner(engine, request, std::move(*view), std::move(stop), sink);
    if (const Result<void> run = runner.run(); !run)
        return run.error();
    mark.reset();
    Result<SearchView> now = viewSearch(request.folder);
    return now ? Result<SearchEnded>(SearchEnded{std::move(*now), runner.why()}) : Result<SearchEnded>(now.error());
}

} // namespace sightline
