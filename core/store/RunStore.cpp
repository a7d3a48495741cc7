// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunStore.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <random>

#include "store/RunIndex.h"
#include "support/Files.h"
#include "support/FolderFlush.h"
#include "support/Words.h"

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

bool looksLikeRun(const std::filesystem::path& folder) {
    std::error_code code;
    for (const char* name : {"experiment.json", "events.jsonl", "classes.json", "checkpoints"})
        if (std::filesystem::exists(folder / name, code))
            return true;
    return false;
}

/// The folders of the runs there are, hidden ones (half deleted) left out.
std::vector<RunFolder> foldersIn(const std::filesystem::path& runs) {
    std::vector<RunFolder> folders;
    std::error_code code;
    for (std::filesystem::directory_iterator entry(runs, code), end; !code && entry != end; entry.increment(code)) {
        std::error_code ignored;
        const std::string name = entry->path().filename().string();
        if (name.rfind('.', 0) != 0 && entry->is_directory(ignored))
            folders.emplace_back(entry->path());
    }
    std::sort(folders.begin(), folders.end(), [](const RunFolder& a, const RunFolder& b) { return a.id() > b.id(); });
    return folders;
}

} // namespace

Result<RunStore> RunStore::open(const std::filesystem::path& home) {
    const auto unwritable = [&](const std::string& why) {
        return Error{"The data home " + home.string() + " cannot be written (" + why +
                     "); choose another with --home or SIGHTLINE_HOME."};
    };
    std::error_code code;
    const std::filesystem::path absolute = std::filesystem::absolute(home, code);
    std::filesystem::create_directories(absolute / "runs", code);
    if (code)
        return unwritable(code.message());
    if (::access(absolute.c_str(), W_OK) != 0 || ::access((absolute / "runs").c_str(), W_OK) != 0)
        return unwritable("no permission");
    RunStore store(absolute);
    if (auto index = RunIndex::open(store.m_home); !index)
        return unwritable(index.error().message);
    return store;
}

bool RunStore::owns(const RunFolder& run) const {
    std::error_code code;
    return std::filesystem::equivalent(std::filesystem::absolute(run.path(), code).parent_path(), runs(), code);
}

Result<RunFolder> RunStore::create(const Experiment& experiment, const std::optional<RunGroup>& group) {
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
    if (!owns(run))
        return {};
    auto index = RunIndex::open(m_home);
    if (!index)
        return index.error();
    const std::string stamp = stampOf(run);
    return index->put({{run.summary(), stamp}});
}

Result<std::vector<RunSummary>> RunStore::list() {
    auto index = RunIndex::open(m_home);
    if (!index)
        return index.error();
    auto known = index->all();
    if (!known)
        return known.error();
    std::vector<RunSummary> summaries;
    std::vector<RunIndex::Row> changed;
    for (const RunFolder& folder : foldersIn(runs())) {
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
    if (run.empty())
        return badInput("No run was given; `runs list` shows all runs.");
    std::error_code code;
    if (run.find('/') != std::string::npos || run == "." || run == "..") {
        if (!std::filesystem::is_directory(run, code) || !looksLikeRun(run))
            return badInput(run + " is not a run folder.");
        return RunFolder(std::filesystem::canonical(run, code));
    }
    const std::vector<RunFolder> folders = foldersIn(runs());
    std::vector<RunFolder> prefixed;
    for (const RunFolder& folder : folders) {
        if (folder.id() == run)
            return folder;
        if (folder.id().rfind(run, 0) == 0)
            prefixed.push_back(folder);
    }
    auto summaries = list();
    if (!summaries)
        return summaries.error();
    std::vector<std::string> ids;
    for (const RunSummary& summary : *summaries)
        if (summary.name == run)
            ids.push_back(summary.id);
    if (ids.size() == 1)
        return RunFolder(runs() / ids.front());
    if (ids.size() > 1)
        return badInput(std::to_string(ids.size()) + " runs are named " + shown(run) + " (" + listed(ids) +
                        "); give the id of one.");
    if (prefixed.size() == 1)
        return prefixed.front();
    for (const RunFolder& folder : prefixed)
        ids.push_back(folder.id());
    if (!ids.empty())
        return badInput(run + " matches " + std::to_string(ids.size()) + " runs (" + listed(ids) +
                        "); give more of the id.");
    if (std::filesystem::is_directory(run, code) && looksLikeRun(run))
        return RunFolder(std::filesystem::canonical(run, code));
    return badInput("No run is called " + run + " in " + m_home.string() + "; `runs list` shows all runs.");
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
    if (about.name.find_first_of("/\n\r") != std::string::npos)
        return badInput("A run's name must not contain a slash or a line break.");
    if (const auto written = run.writeAbout(about); !written)
        return written;
    return refresh(run);
}

Result<void> RunStore::rename(const RunFolder& run, const std::string& name) {
    if (name.empty() || name.find_first_of("/\n\r") != std::string::npos)
        return badInput("A run's name must not be empty or contain a slash or a line break.");
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
    return mark ? discard(run, std::move(*mark)) : mark.error();
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
    auto index = RunIndex::open(m_home);
    return index ? index->drop({run.id()}) : Result<void>(index.error());
}

} // namespace sightline
