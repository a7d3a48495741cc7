// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "search/SearchPlan.h"
#include "search/StudyJournal.h"

namespace sightline {

/// The folder of one search, `<home>/searches/<id>`: search.json, journal.log. Its runs lie with all others.
class SearchFolder {
public:
    explicit SearchFolder(std::filesystem::path folder) : m_folder(std::move(folder)) {}
    const std::filesystem::path& path() const { return m_folder; }
    std::string id() const { return m_folder.filename().string(); }
    std::filesystem::path journal() const { return m_folder / "journal.log"; }

    Result<SearchPlan> plan() const;
    Result<Study> study() const { return readStudy(journal()); }

private:
    std::filesystem::path m_folder;
};

/// Makes the folder and leaves the trials to runSearch(). Errors: the plan's problems, its images cannot be opened or
/// have no validation images that the objective needs, the home cannot be written, cancelled.
Result<SearchFolder> beginSearch(const std::filesystem::path& home, const SearchPlan& plan, std::stop_token stop);

/// Newest first.
std::vector<SearchFolder> searchFolders(const std::filesystem::path& home);
/// By its id, an unambiguous prefix, or a name that one search alone has.
Result<SearchFolder> findSearch(const std::filesystem::path& home, const std::string& search);

/// A search as it is now.
struct SearchView {
    enum class State { Running, Paused, Completed, Stopped }; ///< stopped: nobody runs it, and trials are left
    std::string id;
    std::filesystem::path folder;
    SearchPlan plan;
    Study study;
    State state = State::Stopped;
    bool isWatched = false; ///< a process runs it; one on Slurm goes on without
};
const char* nameOf(SearchView::State state);
/// Errors: a file of it is damaged.
Result<SearchView> viewSearch(const SearchFolder& folder);
/// Whether a run of its trials in progress is trained now, by whatever process.
bool isAnyTrained(const SearchView& view);
/// `search show --json` (CLI.md).
Json toJson(const SearchView& view);

/// Trials that have ended.
int endedTrials(const Study& study);
/// "Stopped: 3 trials are left; search resume ID continues."; empty where none are.
std::string whyLeft(const SearchPlan& plan, const Study& study, const std::string& search, const std::string& reason);

} // namespace sightline
