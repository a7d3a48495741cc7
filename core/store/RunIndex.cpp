// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunIndex.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <cstdio>
#include <cstdlib>

#include "store/HostBoot.h"
#include "store/RunStore.h"
#include "support/FileStamp.h"
#include "support/Files.h"
#include "support/NetworkFiles.h"

namespace sightline {

namespace {

constexpr int kBusyMs = 5000;
constexpr int kVersion = 2;

std::unique_ptr<SQLite::Database> opened(const std::filesystem::path& file) {
    auto database =
        std::make_unique<SQLite::Database>(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMs);
    database->exec("PRAGMA journal_mode=WAL");
    database->exec("PRAGMA synchronous=NORMAL");
    if (database->execAndGet("PRAGMA user_version").getInt() != kVersion) {
        SQLite::Transaction transaction(*database, SQLite::TransactionBehavior::IMMEDIATE);
        if (database->execAndGet("PRAGMA user_version").getInt() != kVersion) {
            database->exec("DROP TABLE IF EXISTS runs");
            database->exec("CREATE TABLE runs (id TEXT PRIMARY KEY, stamp TEXT NOT NULL, summary TEXT NOT NULL, "
                           "settings TEXT NOT NULL) WITHOUT ROWID");
            database->exec("PRAGMA user_version=" + std::to_string(kVersion));
        }
        transaction.commit();
    }
    return database;
}

/// Makes a folder among those of other people, whose names and notes nobody else reads. False: it is not ours.
bool makePrivate(const std::filesystem::path& folder) {
    ::mkdir(folder.c_str(), S_IRWXU);
    struct stat found {};
    return ::lstat(folder.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::geteuid() &&
           ::chmod(folder.c_str(), S_IRWXU) == 0;
}

/// On a disk of this machine: a cluster's home folders, and with them the caches, are often on the network too.
std::filesystem::path indexFolder() {
    const char* const cache = std::getenv("XDG_CACHE_HOME");
    const char* const own = std::getenv("HOME");
    const std::filesystem::path kept = cache && *cache ? std::filesystem::path(cache)
                                       : own && *own   ? std::filesystem::path(own) / ".cache"
                                                       : std::filesystem::path();
    const std::filesystem::path folder = kept / "sightline" / "indexes";
    if (!kept.empty() && !isOnNetwork(kept) && makeFolder(folder) && ::access(folder.c_str(), W_OK) == 0)
        return folder;
    std::error_code code;
    std::filesystem::path temp = std::filesystem::temp_directory_path(code);
    if (code || isOnNetwork(temp)) // batch jobs have the TMPDIR of another machine
        temp = "/tmp";
    const std::filesystem::path mine = temp / ("sightline-" + std::to_string(::getuid()));
    if (makePrivate(mine))
        return mine / "indexes";
    if (!kept.empty())
        return kept / "sightline" / "indexes";
    static const std::filesystem::path fresh = temp / ("sightline-" + newRunId()); // for as long as this process lives
    makePrivate(fresh);
    return fresh / "indexes";
}

Error unwritable(const std::exception& exception) {
    return Error{"The list of runs (runs.db) cannot be written: " + std::string(exception.what()) + "."};
}

} // namespace

std::string stampOf(const RunFolder& run) {
    std::string stamp;
    for (const char* name :
         {"experiment.json", "events.jsonl", "about.json", "data.json", "running.json", "group.json", "parent.json"})
        stamp += fileStamp(run.path() / name) + ";";
    return stamp;
}

RunIndex::RunIndex(std::unique_ptr<SQLite::Database> database) : m_database(std::move(database)) {}
RunIndex::RunIndex(RunIndex&&) noexcept = default;
RunIndex::~RunIndex() = default;

std::filesystem::path indexFileOf(const std::filesystem::path& home) {
    if (!isOnNetwork(home))
        return home / "runs.db";
    std::error_code code;
    const HostBoot here = hostBootHere();
    const std::string place =
        std::filesystem::weakly_canonical(home, code).string() + '\n' + here.host + '\n' + here.machine;
    char name[24];
    std::snprintf(name, sizeof(name), "%016llx.db",
                  static_cast<unsigned long long>(XXH3_64bits(place.data(), place.size())));
    return indexFolder() / name;
}

Result<RunIndex> RunIndex::open(const std::filesystem::path& home) {
    const auto file = indexFileOf(home);
    if (const Result<void> made = file.parent_path() == home ? Result<void>() : makeFolder(file.parent_path()); !made)
        return made.error();
    try {
        return RunIndex(opened(file));
    } catch (const SQLite::Exception& exception) {
        if (exception.getErrorCode() != SQLITE_NOTADB && exception.getErrorCode() != SQLITE_CORRUPT)
            return Error{"runs.db: " + std::string(exception.what())};
    }
    std::error_code code; // broken: the folders hold everything, make it anew
    for (const char* suffix : {"", "-wal", "-shm"})
        std::filesystem::remove(file.string() + suffix, code);
    try {
        return RunIndex(opened(file));
    } catch (const std::exception& exception) {
        return Error{"runs.db: " + std::string(exception.what())};
    }
}

Result<std::map<std::string, RunIndex::Row>> RunIndex::all() {
    std::map<std::string, Row> rows;
    try {
        SQLite::Statement query(*m_database, "SELECT id, stamp, summary, settings FROM runs");
        while (query.executeStep()) {
            const auto json = parseJson(query.getColumn(2).getString(), "runs.db");
            auto settings = parseJson(query.getColumn(3).getString(), "runs.db");
            if (!json || !settings)
                continue; // the folder is read again
            Row row{runSummaryFrom(*json), query.getColumn(1).getString()};
            row.summary.settings = std::move(*settings);
            rows.emplace(query.getColumn(0).getString(), std::move(row));
        }
    } catch (const std::exception& exception) {
        return Error{"The list of runs (runs.db) cannot be read: " + std::string(exception.what()) + "."};
    }
    return rows;
}

Result<void> RunIndex::put(const std::vector<Row>& rows) {
    try {
        SQLite::Transaction transaction(*m_database, SQLite::TransactionBehavior::IMMEDIATE);
        SQLite::Statement insert(*m_database, "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)");
        for (const Row& row : rows) {
            insert.bind(1, row.summary.id);
            insert.bind(2, row.stamp);
            insert.bind(3, toText(toJson(row.summary), -1));
            insert.bind(4, toText(row.summary.settings, -1));
            insert.exec();
            insert.reset();
        }
        transaction.commit();
    } catch (const std::exception& exception) {
        return unwritable(exception);
    }
    return {};
}

Result<void> RunIndex::drop(const std::vector<std::string>& ids) {
    try {
        SQLite::Transaction transaction(*m_database, SQLite::TransactionBehavior::IMMEDIATE);
        SQLite::Statement remove(*m_database, "DELETE FROM runs WHERE id = ?");
        for (const std::string& id : ids) {
            remove.bind(1, id);
            remove.exec();
            remove.reset();
        }
        transaction.commit();
    } catch (const std::exception& exception) {
        return unwritable(exception);
    }
    return {};
}

} // namespace sightline
