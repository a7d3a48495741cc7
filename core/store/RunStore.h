// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store/RunFolder.h"

namespace sightline {

/// 20260131-142530-ab12: for runs, groups and searches.
std::string newRunId();

/// Error: a slash or a line break, so that a folder would be meant, or several lines. No name at all is fine.
Result<void> checkRunName(const std::string& name);

/// The runs of a data home: runs.db (SQLite, WAL; indexFileOf()) as an index over runs/<id>/, rebuilt from the folders
/// where they disagree. Each call opens what it needs; usable from any thread.
class RunStore {
public:
    /// Makes the home where needed; the error says that it cannot be written.
    static Result<RunStore> open(const std::filesystem::path& home);
    /// The same; but a home with runs that cannot be written is looked at without its index. Errors: there are none to
    /// look at.
    static Result<RunStore> openToRead(const std::filesystem::path& home);

    /// Makes runs/<id>/ with experiment.json. Where it fails nothing is left. Errors: the experiment's name is none for
    /// a run; the home cannot be written.
    Result<RunFolder> create(const Experiment& experiment, const std::optional<RunGroup>& group = {});
    /// Reads the folder's events and brings the index up to date for this run.
    Result<void> refresh(const RunFolder& run) const;
    /// Newest first. Folders the index misses are added, rows without a folder dropped.
    Result<std::vector<RunSummary>> list();
    /// An id, an unambiguous prefix, a name that one run alone has, or a folder's path.
    Result<RunFolder> find(const std::string& run);
    Result<RunSummary> summary(const RunFolder& run);
    /// Name, note, tags, star and archive at once. Errors: what is no tag or no name; as writeAbout().
    Result<void> setAbout(const RunFolder& run, const RunAbout& about);
    Result<void> rename(const RunFolder& run, const std::string& name);
    Result<void> setNote(const RunFolder& run, const std::string& note);
    /// An interrupted run counts as stopped from now on: nobody wants to go on with it. Error: as remove().
    Result<void> settle(const RunFolder& run);
    /// Error: it is in progress, here or on another host.
    Result<void> remove(const RunFolder& run);
    /// The same for whoever holds its mark, which goes with it, or for a run that nobody knows of yet.
    Result<void> discard(const RunFolder& run, std::optional<RunMark> mark = {});

    const std::filesystem::path& home() const { return m_home; }

private:
    explicit RunStore(std::filesystem::path home) : m_home(std::move(home)) {}
    std::filesystem::path runs() const { return m_home / "runs"; }
    bool owns(const RunFolder& run) const;

    std::filesystem::path m_home;
    bool m_hasIndex = true; ///< false: the folders are read each time
};

} // namespace sightline
