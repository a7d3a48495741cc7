// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/TrainControl.h"
#include "search/SearchRunner.h"
#include "search/TrialRuns.h"

namespace sightline {

/// One process's work for a search: begins trials, trains them, and writes what becomes of them. Its threads, one a
/// trial, share the study; whoever holds the mutex may look at it, write the journal and speak.
class SearchGo {
public:
    /// `isShared`: other processes write the journal too, and it is read again wherever their trials matter.
    SearchGo(Engine& engine, const SearchRequest& request, SearchView view, bool isShared, std::stop_token stop,
             const SearchSink& sink);

    std::mutex& mutex() const { return m_mutex; }
    Study& study() { return m_view.study; }                ///< under the mutex
    const SearchPlan& plan() const { return m_view.plan; } ///< stays
    const StudyJournal& journal() const { return m_journal; }
    void say(const SearchEvent& event) const { m_sink(event); } ///< under the mutex
    void halt() { m_halt.request_stop(); }                      ///< the trials in progress are saved and left
    bool isHalted() const { return m_halt.stop_requested(); }
    const std::optional<Error>& error() const { return m_error; }

    /// Draws the next point and begins its trial, for a task of Slurm's where one is named. Under the mutex. Nothing:
    /// it cannot be written, which ends the search.
    std::optional<SearchTrial> begin(const std::string& task = {});
    /// All executions that are left of a trial. False: stopped before its end.
    bool execute(const SearchTrial& trial, TrainControl& control);
    /// Reads the journal again, under the mutex; one that cannot be read leaves the study as it was.
    void refresh();
    /// What cannot be written ends the search.
    void check(const Result<void>& written);

private:
    /// How an execution ended.
    struct Execution {
        enum class End { Done, Pruned, Failed, Interrupted };
        End end = End::Done;
        std::string error{}; ///< where it failed
    };
    Execution trainExecution(int trial, int execution, TrainControl& control);
    Result<TrainRequest> requestOf(int trial, int execution);
    std::string movedFrom(const RunFolder& run) const;
    bool waitsInVain(const RunFolder& run);
    void hear(int trial, int execution, const TrainEvent& event, TrainControl& control, bool& prunes);
    void started(int trial, int execution, const std::string& run);
    void finish(int trial, SearchTrial::State state, const std::string& error);
    void dropOthers();
    SearchTrial trialNow(int number) const;
    bool isPrunedNow(int number);

    Engine& m_engine;
    const SearchRequest& m_request;
    SearchView m_view;
    const bool m_isShared;
    const SearchSink& m_sink;
    StudyJournal m_journal;
    std::map<std::string, RunFolder> m_known; ///< runs of earlier goes
    std::shared_ptr<SharedImages> m_images;
    std::stop_source m_halt;
    mutable std::mutex m_mutex;
    std::optional<Error> m_error;
    std::stop_callback<std::function<void()>> m_told;
};

} // namespace sightline
