// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunStore.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <random>

#include "store/FindRun.h"
#include "store/ParentHistory.h"
#include "store/RunIndex.h"
#include "support/Files.h"
#include "support/FolderFlush.h"

namespace sightline {

std::string newRunId() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::array<char, 32> stamp{};
    const std::size_t length = std::strftime(stamp.data(), stamp.size(), "%Y%m%d-%H%M%S-", &utc);
    std::array<char, 8> tail{};
    std::snprintf(tail.data(), tail.size(), "%04x", std::random_device{}() & 0xffffu);
    return std::string(stamp.data(), length) + tail.data();
}

namespace {

/// SQLite calls a full disk an I/O error.
bool isFull(const std::filesystem::path& folder) {
    std::error_code code;
    const std::filesystem::space_info space = std::filesystem::space(folder, code);
    return !code && space.capacity > 0 && space.available < (1u << 20);
}

} // namespace

Result<void> checkRunName(const std::string& name) {
    if (name.find_first_of("/\n\r") != std::string::npos)
        return badInput("A run's name must not contain a slash or a line break.");
    return {};
}

Result<RunStore> RunStore::open(const std::filesystem::path& home) {
    const std::string what = "The data home " + home.string() + " cannot be written";
    const auto unwritable = [&](const std::string& why) {
        return Error{what + " (" + why + "); choose another with --home or SIGHTLINE_HOME."};
    };
    const auto noRoom = [&] { return Error{what + ": No space left on device; make room and try again."}; };
    std::error_code code;
    const std::filesystem::path absolute = std::filesystem::absolute(home, code);
    std::filesystem::create_directories(absolute / "runs", code);
    if (code)
        return code == std::errc::no_space_on_device ? noRoom() : unwritable(code.message());
    if (::access(absolute.c_str(), W_OK) != 0 || ::access((absolute / "runs").c_str(), W_OK) != 0)
        return unwritable("no permission");
    RunStore store(absolute);
    if (auto index = RunIndex::open(store.m_home); !index)
        return isFull(absolute) ? noRoom() : unwritable(index.error().message);
    return store;
}

Result<RunStore> RunStore::openToRead(const std::filesystem::path& home) {
    Result<RunStore> opened = open(home);
    std::error_code code;
    const std::filesystem::path absolute = std::filesystem::absolute(home, code);
    if (opened || !std::filesystem::is_directory(absolute / "runs", code))
        return opened;
    RunStore store(absolute);
    store.m_hasIndex = false;
    return store;
}

bool RunStore::owns(const RunFolder& run) const {
    std::error_code code;
    return std::filesystem::equivalent(std::filesystem::absolute(run.path(), code).parent_path(), runs(), code);
}

Result<RunFolder> RunStore::create(const Experiment& experiment, const std::optional<RunGroup>& group) {
    if (const auto checked = checkRunName(experiment.name); !checked)
        return checked.error();
    for (int attempt = 0; attempt < 100; ++attempt) {
        const RunFolder run(runs() / newRunId());
        std::error_code code;
        if (!std::filesystem::create_directory(run.path(), code)) {
            if (code)
                return Error{"The run folder " + run.path().string() + " cannot be created: " + code.message() + "."};
            continue; // the name is taken
        }
        static_cast<void>(flushFolder(runs())); // where it cannot be, the next write says so
        Experiment kept = experiment;
        if (!kept.data.path.empty()) // whoever goes on with it may stand in another folder
            kept.data.path = std::filesystem::absolute(kept.data.path, code).lexically_normal().string();
        Result<void> made = makeFolder(run.path() / "checkpoints");
        if (made)
            made = run.writeExperiment(kept);
        if (made && group)
            made = writeGroup(run.path(), *group);
        if (made)
            made = refresh(run);
        if (made)
            return run;
        std::filesystem::remove_all(run.path(), code); // half a run is none
        return made.error();
    }
    return Error{"No free name for a run was found in " + runs().string() + "."};
}

Result<void> RunStore::refresh(const RunFolder& run) const {
    if (!m_hasIndex || !owns(run))
        return {};
    auto index = RunIndex::open(m_home);
    if (!index)
        return index.error();
    const std::string stamp = stampOf(run);
    return index->put({{run.summary(), stamp}});
}

Result<std::vector<RunSummary>> RunStore::list() {
    std::vector<RunSummary> summaries;
    if (!m_hasIndex) {
        for (const RunFolder& folder : runFolders(m_home))
            summaries.push_back(folder.summary());
        return summaries;
    }
    auto index = RunIndex::open(m_home);
    if (!index)
        return index.error();
    auto known = index->all();
    if (!known)
        return known.error();
    std::vector<RunIndex::Row> changed;
    for (const RunFolder& folder : runFolders(m_home)) {
        std::string stamp = stampOf(folder);
        const auto row = known->find(folder.id());
        if (row != known->end() && row->second.stamp == stamp && row->second.summary.state != "running") {
            summaries.push_back(std::move(row->second.summary));
            summaries.back().folder = folder.path(); // of a home that was moved
        } else {
            summaries.push_back(folder.summary());
            changed.push_back({summaries.back(), std::move(stamp)});
        }
        if (row != known->end())
            known->erase(row);
    }
    std::vector<std::string> gone;
    for (const auto& [id, row] : *known)
        gone.push_back(id);
    if (const auto put = changed.empty() ? Result<void>() : index->put(changed); !put)
        return put.error();
    if (const auto dropped = gone.empty() ? Result<void>() : index->drop(gone); !dropped)
        return dropped.error();
    return summaries;
}

Result<RunFolder> RunStore::find(const std::string& run) {
    return findRun(m_home, run);
}

Result<RunSummary> RunStore::summary(const RunFolder& run) {
    std::error_code code;
    if (!std::filesystem::is_directory(run.path(), code))
        return badInput("The folder of the run " + run.id() + " no longer exists: " + run.path().string() + ".");
    if (const auto refreshed = refresh(run); !refreshed)
        return refreshed.error();
    return run.summary();
}

Result<void> RunStore::setAbout(const RunFolder& run, const RunAbout& about) {
    for (const std::string& tag : about.tags)
        if (const auto checked = checkTag(tag); !checked)
            return checked;
    if (const auto checked = checkRunName(about.name); !checked)
        return checked;
    if (const auto written = run.writeAbout(about); !written)
        return written;
    return refresh(run);
}

Result<void> RunStore::rename(const RunFolder& run, const std::string& name) {
    if (name.empty())
        return badInput("A run's name must not be empty.");
    RunAbout about = run.about();
    about.name = name;
    return setAbout(run, about);
}

Result<void> RunStore::setNote(const RunFolder& run, const std::string& note) {
    RunAbout about = run.about();
    about.note = note;
    return setAbout(run, about);
}

Result<void> RunStore::settle(const RunFolder& run) {
    const Result<RunMark> mark = RunMark::take(run.path());
    if (!mark)
        return mark.error();
    const RunSummary is = run.summary();
    if (is.state != "running" && is.state != "interrupted") // taken, it looks as if it were in progress
        return {};
    const Result<void> written =
        run.appendEvent({{"type", "run_ended"},
                         {"outcome", "stopped"},
                         {"reason", "Interrupted after epoch " + std::to_string(is.epochs) + "."},
                         {"epochs", is.epochs},
                         {"best_epoch", is.bestEpoch},
                         {"run", run.id()},
                         {"folder", run.path().string()}});
    return written ? refresh(run) : written;
}

Result<void> RunStore::remove(const RunFolder& run) {
    if (!owns(run) || run.id().empty() || run.id()[0] == '.')
        return badInput(run.path().string() + " is not in the data home; delete the folder yourself.");
    Result<RunMark> mark = RunMark::take(run.path()); // so that nobody goes on with it meanwhile
    if (!mark)
        return mark.error();
    leaveHistoryToForks(run, runs());
    return discard(run, std::move(*mark));
}

Result<void> RunStore::discard(const RunFolder& run, std::optional<RunMark> mark) {
    // Renamed first, so that no list ever shows half a run.
    const auto hidden = runs() / ("." + run.id());
    std::error_code code;
    std::filesystem::rename(run.path(), hidden, code);
    mark.reset(); // NFS keeps a file that is open
    if (!code)
        std::filesystem::remove_all(hidden, code);
    if (code)
        return Error{"The run " + run.id() + " cannot be deleted: " + code.message() + "."};
    if (!m_hasIndex)
        return {};
    auto index = RunIndex::open(m_home);
    return index ? index->drop({run.id()}) : Result<void>(index.error());
}

} // namespace sightline
