// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SearchRunner.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "search/JournalFile.h"
#include "search/SearchGo.h"
#include "search/SearchImages.h"
#include "search/SearchSteering.h"
#include "search/SlurmJob.h"
#include "search/SlurmSearch.h"
#include "store/RunMark.h"
#include "support/Program.h"
#include "support/Words.h"

namespace sightline {

namespace {

constexpr std::size_t kMostStretches = 8; ///< of numbers in a sentence

/// One go of a search on this machine. Workers, one a parallel trial.
class SearchRunner {
public:
    SearchRunner(Engine& engine, const SearchRequest& request, SearchView view, std::stop_token stop,
                 const SearchSink& sink)
        : m_folder(request.folder), m_control(request.control),
          m_go(engine, request, std::move(view), false, std::move(stop), sink) {}

    Result<void> run();
    /// Fills in why trials are left.
    SearchEnded ended(SearchView view);

private:
    Result<void> begin();
    void work(TrainControl& control);
    std::optional<SearchTrial> next();
    bool timeIsUp() const {
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - m_begun;
        return m_go.plan().minutes > 0 && passed.count() > m_go.plan().minutes * 60;
    }

    const SearchFolder& m_folder;
    TrainControl* const m_control;
    SearchGo m_go;
    std::chrono::steady_clock::time_point m_begun = std::chrono::steady_clock::now();
    std::vector<int> m_left; ///< trials of earlier goes that go on, the last first; under the mutex
};

Result<void> SearchRunner::begin() {
    JournalLock::dropOurs(m_folder.journal());
    const Study& study = m_go.study();
    for (const std::string& note : study.notes)
        m_go.say(SearchNote{note});
    for (auto trial = study.trials.rbegin(); trial != study.trials.rend(); ++trial)
        if (trial->state == SearchTrial::State::Running)
            m_left.push_back(trial->number);
    return study.hasBegun ? Result<void>() : m_go.journal().createStudy(m_go.plan().title(), m_go.plan().maximize);
}

Result<void> SearchRunner::run() {
    if (const Result<void> begun = begin(); !begun)
        return begun;
    std::vector<std::unique_ptr<TrainControl>> own;
    std::vector<TrainControl*> controls;
    if (m_control)
        controls.push_back(m_control);
    while (static_cast<int>(controls.size()) < m_go.plan().parallel)
        controls.push_back(own.emplace_back(std::make_unique<TrainControl>()).get());
    const SearchSteering steering(m_folder.path(), controls, [this] { m_go.halt(); });
    if (controls.size() == 1) {
        work(*controls.front());
    } else {
        std::vector<std::jthread> workers;
        for (TrainControl* control : controls)
            workers.emplace_back([this, control] { work(*control); });
    }
    return m_go.error() ? Result<void>(*m_go.error()) : Result<void>();
}

void SearchRunner::work(TrainControl& control) {
    while (const std::optional<SearchTrial> trial = next())
        m_go.execute(*trial, control);
}

std::optional<SearchTrial> SearchRunner::next() {
    const std::lock_guard lock(m_go.mutex());
    if (m_go.isHalted())
        return std::nullopt;
    const std::vector<SearchTrial>& trials = m_go.study().trials;
    if (!m_left.empty()) {
        const SearchTrial& trial = trials[static_cast<std::size_t>(m_left.back())];
        m_left.pop_back();
        m_go.say(TrialBegan{trial, true});
        return trial;
    }
    if (static_cast<int>(trials.size()) >= trialsOf(m_go.plan()) || timeIsUp())
        return std::nullopt;
    return m_go.begin();
}

SearchEnded SearchRunner::ended(SearchView view) {
    const std::string timeIsUp = "The time is up";
    std::string why = whyLeft(m_go.plan(), m_go.study(), m_folder.id(), m_go.isHalted() ? "Stopped" : timeIsUp);
    std::string reason = why.empty() || m_go.isHalted() ? std::string() : timeIsUp;
    return {std::move(view), std::move(why), std::move(reason)};
}

/// A search that is this process's own and can go on.
struct Prepared {
    RunMark mark;
    SearchView view;
};

Result<Prepared> prepared(const SearchRequest& request, const std::stop_token& stop) {
    if (const auto owner = ownerOf(request.folder.path()))
        return badInput("The search " + request.folder.id() + " is running already (process " +
                        std::to_string(owner->process) + (owner->host.empty() ? "" : " on " + shown(owner->host)) +
                        "); stop it first.");
    Result<RunMark> mark = RunMark::take(request.folder.path());
    if (!mark)
        return mark.error();
    if (!request.dataPath.empty())
        if (const Result<void> moved = moveImages(request, stop); !moved)
            return moved.error();
    Result<SearchView> view = viewSearch(request.folder);
    if (!view)
        return view.error();
    const bool hasTasks = view->plan.slurm && hasSlurmJob(request.folder); // their images may lie on the nodes only
    if (!hasTasks && endedTrials(view->study) < trialsOf(view->plan))
        if (const Result<void> able = canTrain(request.home, request.folder, view->plan, stop); !able)
            return able.error();
    return Prepared{std::move(*mark), std::move(*view)};
}

/// What became of a place that nobody said.
void sayPlace(const SearchRequest& request, const Prepared& ready, const SearchSink& sink) {
    if (request.guessesPlace && !request.dataPath.empty())
        sink(SearchNote{"Its images are now in " + ready.view.plan.base.data.path + "."});
}

/// Who leaves the job waits for no answer to a question; what changes something comes to its end, and what it asks on
/// its way is answered.
SlurmPlace placeFor(const SearchRequest& request, const std::stop_token& stop) {
    SlurmPlace place;
    if (request.leavesJob)
        place.asked = Slurm([stop](const std::vector<std::string>& command) {
            return runProgram(command, std::chrono::minutes(1), stop);
        });
    return place;
}

Result<SearchEnded> watched(const SearchRequest& request, Prepared ready, std::stop_token stop,
                            const SearchSink& sink) {
    Result<SearchEnded> ended = runSlurmSearch(request, std::move(ready.view), stop, sink, placeFor(request, stop));
    ready.mark.release(); // nobody watches any more
    if (Result<SearchView> now = ended ? viewSearch(request.folder) : Result<SearchView>(ended.error()); now)
        ended->view = std::move(*now);
    return ended;
}

/// "3", "5 to 9": numbers in their order, three and more neighbors as one.
std::vector<std::string> stretchesOf(const std::vector<int>& numbers) {
    std::vector<std::string> stretches;
    for (std::size_t from = 0, to = 0; from < numbers.size(); from = to) {
        for (to = from + 1; to < numbers.size() && numbers[to] == numbers[to - 1] + 1;)
            ++to;
        if (to - from == 2)
            --to;
        stretches.push_back(std::to_string(numbers[from]) +
                            (to - from > 2 ? " to " + std::to_string(numbers[to - 1]) : ""));
    }
    return stretches;
}

} // namespace

std::string removedWords(CheckpointsRemoved removed) {
    std::sort(removed.trials.begin(), removed.trials.end());
    const std::vector<std::string> stretches = stretchesOf(removed.trials);
    const std::string trials = stretches.size() > kMostStretches ? counted(removed.trials.size(), "trial")
                               : removed.trials.size() == 1      ? "trial " + stretches.front()
                                                                 : "trials " + enumerated(stretches);
    return "The checkpoints of " + trials + " are removed; the best " +
           (removed.keepBest == 1 ? "trial keeps its own." : std::to_string(removed.keepBest) + " trials keep theirs.");
}

Result<SearchEnded> runSearch(Engine& engine, const SearchRequest& request, std::stop_token stop,
                              const SearchSink& sink) {
    Result<Prepared> ready = prepared(request, stop);
    if (!ready)
        return ready.error();
    if (ready->view.plan.slurm)
        return watched(request, std::move(*ready), std::move(stop), sink);
    sayPlace(request, *ready, sink);
    if (request.control)
        ready->view.plan.parallel = 1;
    SearchRunner runner(engine, request, std::move(ready->view), std::move(stop), sink);
    if (const Result<void> run = runner.run(); !run)
        return run.error();
    ready->mark.release();
    Result<SearchView> now = viewSearch(request.folder);
    return now ? Result<SearchEnded>(runner.ended(std::move(*now))) : Result<SearchEnded>(now.error());
}

Result<SearchEnded> watchSearch(const SearchRequest& request, std::stop_token stop, const SearchSink& sink) {
    Result<Prepared> ready = prepared(request, stop);
    if (!ready)
        return ready.error();
    if (!ready->view.plan.slurm)
        return badInput("The search " + request.folder.id() + " is not on Slurm.");
    return watched(request, std::move(*ready), std::move(stop), sink);
}

} // namespace sightline
