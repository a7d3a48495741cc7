// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "search/SearchPlan.h"
#include "search/SearchTrial.h"

namespace sightline {

/// What a journal tells of its first study.
struct Study {
    std::vector<SearchTrial> trials;
    std::vector<int> journalIds;    ///< of each trial: its number among the trials of all studies of the journal
    std::vector<std::string> notes; ///< what of the journal was left out, sentences
    bool hasBegun = false;          ///< there is a study
};

/// Replays a journal of Optuna 3.1 to 5. An operation of another version is left out, and said. Errors: a line that is
/// no operation, named.
Result<Study> readStudy(const std::filesystem::path& journal);

/// Writes what becomes of a search's trials, so that Optuna's JournalStorage and its dashboard read it. Each call is on
/// the disk when it returns.
class StudyJournal {
public:
    /// `worker` is unique to this process and thread, as Optuna's worker_id.
    StudyJournal(std::filesystem::path file, std::string worker)
        : m_file(std::move(file)), m_worker(std::move(worker)) {}

    Result<void> createStudy(const std::string& name, bool maximize) const;
    /// A running trial with its point, in one line: it is there with all its values, or not at all.
    Result<void> begin(const SearchTrial& trial, const SearchSpace& space) const;
    Result<void> setRuns(int journalId, const std::vector<std::string>& runs) const;
    /// Which task of Slurm's trains it; empty: the next one that comes.
    Result<void> setTask(int journalId, const std::string& task) const;
    Result<void> report(int journalId, int epoch, double value) const;
    /// Its state, value and what else is known of it, in one write.
    Result<void> end(int journalId, const SearchTrial& trial) const;

private:
    Json line(int operation) const;
    Json attribute(int journalId, const char* key, Json value) const;

    std::filesystem::path m_file;
    std::string m_worker;
};

/// Now, as Optuna writes it: "2026-01-31T14:25:30.123456+00:00".
std::string journalTime();

} // namespace sightline
