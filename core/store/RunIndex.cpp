// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunIndex.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>
#include <sys/stat.h>

namespace sightline {

namespace {

constexpr int kBusyMs = 5000;
constexpr int kVersion = 1;

std::unique_ptr<SQLite::Database> opened(const std::filesystem::path& file) {
    auto database =
        std::make_unique<SQLite::Database>(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyMs);
    database->exec("PRAGMA journal_mode=WAL");
    database->exec("PRAGMA synchronous=NORMAL");
    if (database->execAndGet("PRAGMA user_version").getInt() != kVersion) {
        SQLite::Transaction transaction(*database, SQLite::TransactionBehavior::IMMEDIATE);
        if (database->execAndGet("PRAGMA user_version").getInt() != kVersion) {
            database->exec("DROP TABLE IF EXISTS runs");
            database->exec("CREATE TABLE runs (id TEXT PRIMARY KEY, stamp TEXT NOT NULL, name TEXT, state TEXT, reason "
                           "TEXT, network TEXT, "
                           "data_path TEXT, created TEXT, epochs INTEGER, planned_epochs INTEGER, best_epoch INTEGER, "
                           "best_val_accuracy REAL, best_val_loss REAL, last_loss REAL, last_accuracy REAL, note TEXT) "
                           "WITHOUT ROWID");
            database->exec("PRAGMA user_version=" + std::to_string(kVersion));
        }
        transaction.commit();
    }
    return database;
}

std::optional<double> optionalNumber(const SQLite::Column& column) {
    return column.isNull() ? std::nullopt : std::optional<double>(column.getDouble());
}

void bindOptional(SQLite::Statement& statement, int index, const std::optional<double>& value) {
    if (value)
        statement.bind(index, *value);
    else
        statement.bind(index);
}

} // namespace

std::string stampOf(const RunFolder& run) {
    std::string stamp;
    for (const char* name : {"experiment.json", "events.jsonl", "about.json", "data.json", "running.json"}) {
        struct stat status {};
        if (::stat((run.path() / name).c_str(), &status) == 0)
            stamp += std::to_string(status.st_ino) + ":" + std::to_string(status.st_size) + ":" +
                     std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
        stamp += ";";
    }
    return stamp;
}

RunIndex::RunIndex(std::unique_ptr<SQLite::Database> database) : m_database(std::move(database)) {}
RunIndex::RunIndex(RunIndex&&) noexcept = default;
RunIndex::~RunIndex() = default;

Result<RunIndex> RunIndex::open(const std::filesystem::path& home) {
    const auto file = home / "runs.db";
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
        SQLite::Statement query(
            *m_database, "SELECT id, stamp, name, state, reason, network, data_path, created, epochs, planned_epochs, "
                         "best_epoch, best_val_accuracy, best_val_loss, last_loss, last_accuracy, note FROM runs");
        while (query.executeStep()) {
            Row row;
            RunSummary& summary = row.summary;
            summary.id = query.getColumn(0).getString();
            row.stamp = query.getColumn(1).getString();
            summary.name = query.getColumn(2).getString();
            summary.state = query.getColumn(3).getString();
            summary.reason = query.getColumn(4).getString();
            summary.network = query.getColumn(5).getString();
            summary.dataPath = query.getColumn(6).getString();
            summary.created = query.getColumn(7).getString();
            summary.epochs = query.getColumn(8).getInt();
            summary.plannedEpochs = query.getColumn(9).getInt();
            summary.bestEpoch = query.getColumn(10).getInt();
            summary.bestValAccuracy = optionalNumber(query.getColumn(11));
            summary.bestValLoss = optionalNumber(query.getColumn(12));
            summary.lastLoss = optionalNumber(query.getColumn(13));
            summary.lastAccuracy = optionalNumber(query.getColumn(14));
            summary.note = query.getColumn(15).getString();
            rows.emplace(summary.id, std::move(row));
        }
    } catch (const std::exception& exception) {
        return Error{"The list of runs (runs.db) cannot be read: " + std::string(exception.what()) + "."};
    }
    return rows;
}

Result<void> RunIndex::put(const RunSummary& summary, const std::string& stamp) {
    try {
        SQLite::Statement insert(*m_database,
                                 "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        int index = 0;
        for (const std::string* text : {&summary.id, &stamp, &summary.name, &summary.state, &summary.reason,
                                        &summary.network, &summary.dataPath, &summary.created})
            insert.bind(++index, *text);
        for (const int number : {summary.epochs, summary.plannedEpochs, summary.bestEpoch})
            insert.bind(++index, number);
        for (const auto* number :
             {&summary.bestValAccuracy, &summary.bestValLoss, &summary.lastLoss, &summary.lastAccuracy})
            bindOptional(insert, ++index, *number);
        insert.bind(++index, summary.note);
        insert.exec();
    } catch (const std::exception& exception) {
        return Error{"The list of runs (runs.db) cannot be written: " + std::string(exception.what()) + "."};
    }
    return {};
}

Result<void> RunIndex::drop(const std::string& id) {
    try {
        SQLite::Statement remove(*m_database, "DELETE FROM runs WHERE id = ?");
        remove.bind(1, id);
        remove.exec();
    } catch (const std::exception& exception) {
        return Error{"The list of runs (runs.db) cannot be written: " + std::string(exception.what()) + "."};
    }
    return {};
}

} // namespace sightline
