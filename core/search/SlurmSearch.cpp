// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SlurmSearch.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "search/SearchSteering.h"
#include "search/SlurmJob.h"
#include "store/RunStore.h"
#include "support/Words.h"

namespace sightline {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kJournal(1000);                   ///< how often the journal is looked at
constexpr milliseconds kFirstAsk(1000), kLastAsk(60000); ///< how often Slurm is asked: less and less
constexpr std::chrono::minutes kCancel(3);               ///< tasks that are cancelled have ended by then
constexpr int kUnreadable = 10;                          ///< looks after which a damaged journal is no coincidence

class SlurmWatch {
public:
    SlurmWatch(const SearchRequest& request, SearchView view, std::stop_token stop, const SearchSink& sink,
               const SlurmPlace& place)
        : m_request(request), m_view(std::move(view)), m_stop(std::move(stop)), m_sink(sink), m_place(place) {}

    Result<void> run();
    const std::string& why() const { return m_why; }
    const std::string& reason() const { return m_reason; } ///< of an end that nobody asked for

private:
    Result<void> begin();
    Result<void> look();
    bool isDone() const { return endedTrials(m_view.study) >= trialsOf(m_view.plan); }
    bool timeIsUp() const {
        const std::chrono::duration<double> passed = Clock::now() - m_begun;
        return m_view.plan.minutes > 0 && passed.count() > m_view.plan.minutes * 60;
    }
    bool hasTasks();
    void sayWhatWaits();
    Result<bool> tasksEnded();
    void goOn();
    void obeyCommands();
    Result<void> obey(RemoteCommand::Kind command);
    Result<void> submit();
    void cancel();
    void endsWith(const std::string& reason) {
        m_reason = reason;
        m_why = whyLeft(m_view.plan, m_view.study, m_view.id, reason);
    }
    void isStoppedNow() {
        endsWith("Stopped");
        m_reason.clear();
    }
    const Slurm& asked() const { return m_place.asked ? *m_place.asked : m_place.slurm; }
    std::map<std::string, std::size_t> endings() const;
    std::size_t progress() const;
    void wait(milliseconds time);

    const SearchRequest& m_request;
    SearchView m_view;
    std::stop_token m_stop;
    const SearchSink& m_sink;
    const SlurmPlace& m_place;
    Clock::time_point m_begun = Clock::now(), m_nextAsk = m_begun;
    milliseconds m_ask = kFirstAsk;
    std::string m_job; ///< empty: none yet
    std::vector<SlurmTask> m_tasks;
    std::size_t m_before = 0; ///< progress when the job was submitted
    bool m_isOurs = false;    ///< the job was submitted in this go
    bool m_isStopped = false; ///< by a command
    bool m_saidDeaf = false, m_hasThinned = false;
    int m_unreadable = 0;
    std::string m_waits, m_why, m_reason;
};

void SlurmWatch::wait(milliseconds time) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, m_stop, time, [] { return false; });
}

Result<void> SlurmWatch::begin() {
    for (const std::string& note : m_view.study.notes)
        m_sink(SearchNote{note});
    for (const SearchTrial& trial : m_view.study.trials)
        if (trial.state == SearchTrial::State::Running)
            m_sink(TrialBegan{trial, true});
    m_job = slurmJobOf(m_request.folder);
    forgetCommands(m_view.folder);
    if (saysPaused(m_view.folder))
        goOn();
    if (m_view.study.hasBegun)
        return {};
    const StudyJournal journal(m_request.folder.journal(), newRunId());
    return journal.createStudy(m_view.plan.title(), m_view.plan.maximize);
}

/// The job of a search that was paused and is resumed; one that is gone is submitted again.
void SlurmWatch::goOn() {
    if (const Result<void> released = steerJob(m_place.slurm, m_request.folder, RemoteCommand::Kind::Resume); !released)
        m_sink(SearchNote{released.error().message});
    sayPaused(m_view.folder, false);
}

void SlurmWatch::obeyCommands() {
    for (const ReceivedCommand& received : receiveCommands(m_view.folder))
        answerCommand(received,
                      received.command ? obey(received.command->kind) : Result<void>(received.command.error()));
}

Result<void> SlurmWatch::obey(RemoteCommand::Kind command) {
    if (command != RemoteCommand::Kind::Stop)
        return steerJob(m_place.slurm, m_request.folder, command);
    m_isStopped = true; // answered at once: the tasks take their time to save
    return {};
}

/// Says what has come since the last time.
Result<void> SlurmWatch::look() {
    Result<Study> now = m_request.folder.study();
    if (!now || now->trials.size() < m_view.study.trials.size()) // another machine's writing may be seen half
        return ++m_unreadable < kUnreadable || now ? Result<void>() : now.error();
    m_unreadable = 0;
    const std::vector<SearchTrial> before = std::exchange(m_view.study, std::move(*now)).trials;
    for (const SearchTrial& trial : m_view.study.trials) {
        const auto number = static_cast<std::size_t>(trial.number);
        const bool isNew = number >= before.size();
        if (isNew)
            m_sink(TrialBegan{trial});
        if (trial.state != SearchTrial::State::Running &&
            (isNew || before[number].state == SearchTrial::State::Running))
            m_sink(TrialEnded{trial, bestTrial(m_view.study.trials, m_view.plan.maximize) == trial.number});
    }
    return {};
}

/// As far as Slurm says; where it does not answer they count as there.
bool SlurmWatch::hasTasks() {
    if (m_job.empty())
        return false;
    Result<std::vector<SlurmTask>> tasks = asked().queued(m_job);
    if (!tasks && !m_stop.stop_requested() && !std::exchange(m_saidDeaf, true))
        m_sink(SearchNote{tasks.error().message + " The trials are watched by their journal."});
    if (!tasks)
        return true;
    m_saidDeaf = false;
    if (tasks->empty()) // Slurm forgets those that are over; what it said last counts
        return false;
    m_tasks = std::move(*tasks);
    sayWhatWaits();
    return std::any_of(m_tasks.begin(), m_tasks.end(), [](const SlurmTask& task) { return task.isAlive; });
}

void SlurmWatch::sayWhatWaits() {
    const auto waits = std::find_if(m_tasks.begin(), m_tasks.end(), [](const SlurmTask& task) {
        return task.state == "PENDING" && !task.reason.empty() && task.reason != "JobArrayTaskLimit";
    });
    const std::string reason = waits == m_tasks.end() || saysPaused(m_view.folder) ? std::string() : waits->reason;
    if (reason != m_waits && !reason.empty())
        m_sink(SearchNote{"Slurm job " + m_job + ": tasks are waiting (" + reason + ")"});
    m_waits = reason;
}

/// What no task without a fault leaves as it was.
std::size_t SlurmWatch::progress() const {
    std::size_t sum = static_cast<std::size_t>(endedTrials(m_view.study));
    for (const SearchTrial& trial : m_view.study.trials)
        sum += trial.reports.size();
    return sum;
}

/// How many tasks ended as "FAILED", "TIMEOUT" .., by sacct, else by what squeue said last.
std::map<std::string, std::size_t> SlurmWatch::endings() const {
    std::map<std::string, std::size_t> counts;
    if (m_job.empty())
        return counts;
    const Result<std::vector<SlurmTask>> accounted = asked().accounted(m_job);
    for (const SlurmTask& task : accounted && !accounted->empty() ? *accounted : m_tasks)
        if (task.state != "COMPLETED" && !task.isAlive)
            ++counts[task.state];
    return counts;
}

/// "2 tasks ended as FAILED and 1 as TIMEOUT"; empty of none.
std::string inWords(const std::map<std::string, std::size_t>& endings) {
    std::vector<std::string> parts;
    for (const auto& [state, count] : endings)
        parts.push_back((parts.empty() ? counted(count, "task") + " ended" : std::to_string(count)) + " as " + state);
    return enumerated(parts);
}

/// No task is there any more, and trials are left. True: new ones are.
Result<bool> SlurmWatch::tasksEnded() {
    const std::map<std::string, std::size_t> ends = endings();
    if (m_request.leavesJob && m_stop.stop_requested()) // how they ended may not be known
        return false;
    sayPaused(m_view.folder, false);
    sayJobIsOver(m_request.folder);
    if (timeIsUp()) {
        endsWith("The time is up");
        return false;
    }
    if (m_isOurs && ends.contains("CANCELLED")) {
        endsWith("Slurm job " + m_job + " was canceled");
        return false;
    }
    const std::string how = inWords(ends);
    if (m_isOurs && progress() == m_before) {
        endsWith("Slurm job " + m_job + " came to nothing" + (how.empty() ? "" : " (" + how + ")") + ", see " +
                 slurmLogsOf(m_request.folder, m_job));
        return false;
    }
    if (!how.empty())
        m_sink(SearchNote{"Slurm job " + m_job + ": " + how});
    if (const Result<void> submitted = submit(); !submitted)
        return submitted.error();
    return true;
}

Result<void> SlurmWatch::submit() {
    const StudyJournal journal(m_request.folder.journal(), newRunId());
    for (const SearchTrial& trial : m_view.study.trials)
        if (trial.state == SearchTrial::State::Running && !trial.task.empty())
            if (const Result<void> freed =
                    journal.setTask(m_view.study.journalIds[static_cast<std::size_t>(trial.number)], {});
                !freed)
                return freed;
    const int left = trialsOf(m_view.plan) - endedTrials(m_view.study);
    const Result<std::string> job = submitTasks(m_place.slurm, m_request.folder, m_view.plan, left, m_place.program);
    if (!job)
        return job.error();
    m_job = *job;
    m_isOurs = true;
    m_before = progress();
    m_ask = kFirstAsk;
    m_sink(SearchNote{"Slurm job " + m_job + ": " + counted(static_cast<std::size_t>(left), "trial") + " left, " +
                      std::to_string(m_view.plan.parallel) + " at once; the output of its tasks is in " +
                      slurmLogsOf(m_request.folder, m_job)});
    return {};
}

/// The tasks save on their way out.
void SlurmWatch::cancel() {
    isStoppedNow();
    sayPaused(m_view.folder, false);
    if (m_job.empty())
        return;
    if (const Result<void> cancelled = m_place.slurm.cancel(m_job); !cancelled) {
        m_sink(SearchNote{cancelled.error().message + " The tasks of Slurm job " + m_job + " may still run."});
        return;
    }
    const auto isLeft = [this] { return m_request.leavesJob && m_stop.stop_requested(); }; // Ctrl-C stops and waits
    for (const auto until = Clock::now() + kCancel; !isLeft() && hasTasks() && Clock::now() < until;)
        std::this_thread::sleep_for(milliseconds(500));
    sayJobIsOver(m_request.folder);
    static_cast<void>(look()); // what ended on the way
    isStoppedNow();
}

Result<void> SlurmWatch::run() {
    if (const Result<void> begun = begin(); !begun)
        return begun;
    for (;; wait(kJournal)) {
        if (const Result<void> looked = look(); !looked)
            return looked;
        if (isDone())
            return {};
        obeyCommands();
        if (m_isStopped || m_stop.stop_requested()) {
            if (m_isStopped || !m_request.leavesJob)
                cancel();
            return {};
        }
        if (timeIsUp() && !m_job.empty() && !std::exchange(m_hasThinned, true))
            static_cast<void>(m_place.slurm.cancelWaiting(m_job)); // else they come to nothing by themselves
        if (Clock::now() < m_nextAsk)
            continue;
        m_ask = std::min(m_ask * 3 / 2, kLastAsk);
        if (!hasTasks()) {
            if (const Result<void> looked = look(); !looked) // what came before the last one ended
                return looked;
            const Result<bool> goesOn = isDone() ? Result<bool>(false) : tasksEnded();
            if (!goesOn || !*goesOn)
                return goesOn ? Result<void>() : Result<void>(goesOn.error());
        }
        m_nextAsk = Clock::now() + m_ask;
    }
}

} // namespace

Result<SearchEnded> runSlurmSearch(const SearchRequest& request, SearchView view, std::stop_token stop,
                                   const SearchSink& sink, const SlurmPlace& place) {
    SlurmWatch watch(request, std::move(view), std::move(stop), sink, place);
    if (const Result<void> run = watch.run(); !run)
        return run.error();
    Result<SearchView> now = viewSearch(request.folder);
    return now ? Result<SearchEnded>(SearchEnded{std::move(*now), watch.why(), watch.reason()})
               : Result<SearchEnded>(now.error());
}

} // namespace sightline
