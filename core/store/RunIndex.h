// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>

#include "store/RunStore.h"

namespace SQLite {
class Database;
}

namespace sightline {

/// Sizes and times of the files a summary is made from; equal stamps mean that nothing changed.
std::string stampOf(const RunFolder& run);

/// Where the index of a data home is: its runs.db. A home on the network is shared by machines, which cannot have one
/// database open together: there each has its own, `$XDG_CACHE_HOME/sightline/indexes/<of home and machine>.db`, made
/// from the folders; in the folder of temporary files where the cache is on the network itself or cannot be written.
std::filesystem::path indexFileOf(const std::filesystem::path& home);

/// runs.db: summaries beside the stamp of what they were made from. Only an index: a broken file is made anew.
class RunIndex {
public:
    struct Row {
        RunSummary summary;
        std::string stamp;
    };

    /// Errors: why the database cannot be opened or made.
    static Result<RunIndex> open(const std::filesystem::path& home);
    RunIndex(RunIndex&&) noexcept;
    ~RunIndex();

    Result<std::map<std::string, Row>> all();
    Result<void> put(const std::vector<Row>& rows); ///< all or none
    Result<void> drop(const std::vector<std::string>& ids);

private:
    explicit RunIndex(std::unique_ptr<SQLite::Database> database);

    std::unique_ptr<SQLite::Database> m_database;
};

} // namespace sightline
