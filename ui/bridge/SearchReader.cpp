// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SearchReader.h"

#include <algorithm>

#include "search/Importance.h"
#include "search/SearchSteering.h"
#include "search/SlurmJob.h"
#include "store/RunMark.h"
#include "support/FileStamp.h"

namespace sightline::ui {

namespace {

/// Changes whenever a search does.
std::string stampOf(const SearchFolder& folder) {
    const auto owner = ownerOf(folder.path());
    return fileStamp(folder.journal()) + " " + (owner ? std::to_string(owner->process) : "") +
           (saysPaused(folder.path()) ? " paused" : "") + (hasSlurmJob(folder) ? " on Slurm" : "");
}

/// What Slurm's tasks train: where nobody watches the job, only their runs tell whether the search goes on.
std::vector<std::filesystem::path> tasksOf(const SearchView& view) {
    std::vector<std::filesystem::path> runs;
    for (const SearchTrial& trial : view.study.trials)
        if (view.plan.slurm && trial.state == SearchTrial::State::Running && !trial.runs.empty())
            runs.push_back(view.folder.parent_path().parent_path() / "runs" / trial.runs.back());
    return runs;
}

bool isAnyTrained(const std::vector<std::filesystem::path>& runs) {
    return std::any_of(runs.begin(), runs.end(),
                       [](const std::filesystem::path& run) { return ownerOf(run).has_value(); });
}

} // namespace

const SearchReader::Kept& SearchReader::look(const SearchFolder& folder, bool isShown) {
    Kept& kept = m_kept[folder.id()];
    const std::string stamp = stampOf(folder);
    if (kept.stamp == stamp && kept.isTrained == isAnyTrained(kept.tasks) &&
        (kept.shown || !isShown || !kept.listed.failure.isEmpty()))
        return kept;
    kept = Kept();
    kept.stamp = stamp;
    kept.listed.id = folder.id();
    Result<SearchView> view = viewSearch(folder);
    if (!view) {
        kept.listed.title = QString::fromStdString(folder.id());
        kept.listed.failure = QString::fromStdString(view.error().message);
        return kept;
    }
    kept.listed.title = QString::fromStdString(view->plan.title());
    kept.listed.state = view->state;
    kept.listed.ended = endedTrials(view->study);
    kept.listed.trials = trialsOf(view->plan);
    kept.listed.onSlurm = view->plan.slurm.has_value();
    kept.tasks = tasksOf(*view);
    kept.isTrained = isAnyTrained(kept.tasks);
    if (!isShown)
        return kept;
    auto shown = std::make_shared<ShownSearch>();
    shown->best = bestTrial(view->study.trials, view->plan.maximize);
    shown->importance = importanceOf(view->plan.space, view->study.trials);
    shown->view = std::move(*view);
    kept.shown = std::move(shown);
    return kept;
}

SearchReader::Seen SearchReader::read(const std::string& shown) {
    Seen seen;
    for (const SearchFolder& folder : searchFolders(m_home)) {
        const Kept& kept = look(folder, folder.id() == shown);
        seen.list.push_back(kept.listed);
        if (folder.id() == shown)
            seen.shown = kept.shown;
    }
    return seen;
}

} // namespace sightline::ui
