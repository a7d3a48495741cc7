// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/FindRun.h"

#include <algorithm>

#include "support/Words.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

bool looksLikeRun(const fs::path& folder) {
    std::error_code code;
    for (const char* name : {"experiment.json", "events.jsonl", "classes.json", "checkpoints"})
        if (fs::exists(folder / name, code))
            return true;
    return false;
}

std::string nameOf(const RunFolder& run) {
    std::string name = run.about().name;
    if (!name.empty())
        return name;
    const Result<Experiment> experiment = run.experimentAtStart();
    return experiment ? experiment->name : std::string();
}

} // namespace

std::vector<RunFolder> runFolders(const fs::path& home) {
    std::vector<RunFolder> folders;
    std::error_code code;
    for (fs::directory_iterator entry(home / "runs", code), end; !code && entry != end; entry.increment(code)) {
        std::error_code ignored;
        const std::string name = entry->path().filename().string();
        if (name.rfind('.', 0) != 0 && entry->is_directory(ignored))
            folders.emplace_back(entry->path());
    }
    std::sort(folders.begin(), folders.end(), [](const RunFolder& a, const RunFolder& b) { return a.id() > b.id(); });
    return folders;
}

Result<RunFolder> findRun(const fs::path& home, const std::string& run) {
    if (run.empty())
        return badInput("No run was given; `runs list` shows all runs.");
    std::error_code code;
    if (run.find('/') != std::string::npos || run == "." || run == "..") {
        if (!fs::is_directory(run, code) || !looksLikeRun(run))
            return badInput(run + " is not a run folder.");
        return RunFolder(fs::canonical(run, code));
    }
    const std::vector<RunFolder> folders = runFolders(fs::absolute(home, code));
    std::vector<RunFolder> prefixed, named;
    for (const RunFolder& folder : folders) {
        if (folder.id() == run)
            return folder;
        if (folder.id().rfind(run, 0) == 0)
            prefixed.push_back(folder);
    }
    for (const RunFolder& folder : folders)
        if (nameOf(folder) == run)
            named.push_back(folder);
    const auto ids = [](const std::vector<RunFolder>& some) {
        std::vector<std::string> all;
        for (const RunFolder& folder : some)
            all.push_back(folder.id());
        return listed(all);
    };
    if (named.size() == 1)
        return named.front();
    if (named.size() > 1)
        return badInput(std::to_string(named.size()) + " runs are named " + shown(run) + " (" + ids(named) +
                        "); give the id of one.");
    if (prefixed.size() == 1)
        return prefixed.front();
    if (!prefixed.empty())
        return badInput(run + " matches " + std::to_string(prefixed.size()) + " runs (" + ids(prefixed) +
                        "); give more of the id.");
    if (fs::is_directory(run, code) && looksLikeRun(run))
        return RunFolder(fs::canonical(run, code));
    return badInput("No run is called " + run + " in " + home.string() + "; `runs list` shows all runs.");
}

} // namespace sightline
