// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SearchFolder.h"

#include <algorithm>
#include <array>

#include "data/Overlay.h"
#include "search/Importance.h"
#include "search/SearchSteering.h"
#include "search/SlurmJob.h"
#include "search/Strangers.h"
#include "store/RunMark.h"
#include "store/RunStore.h"
#include "store/StartWeights.h"
#include "support/Files.h"
#include "support/Words.h"

namespace sightline {

namespace {

Result<SearchFolder> oneOf(const std::vector<SearchFolder>& found, const std::string& search) {
    if (found.size() == 1)
        return found.front();
    if (found.empty())
        return badInput("There is no search " + shown(search) + "; `search list` shows all searches.");
    std::vector<std::string> ids;
    for (const SearchFolder& folder : found)
        ids.push_back(folder.id());
    return badInput(shown(search) + " is " + std::to_string(found.size()) + " searches: " + listed(ids) + ".");
}

/// The tasks of a Slurm job wait and go on where nobody watches them any more.
bool isTrainedElsewhere(const SearchView& view) {
    return view.plan.slurm && (hasSlurmJob(SearchFolder(view.folder)) || isAnyTrained(view));
}

/// A file or a run's folder is found from any other folder, too.
void keepWeights(std::string& weights, const std::filesystem::path& home) {
    std::error_code code;
    const Result<StartWeights> start = startWeights(weights, std::filesystem::absolute(home, code));
    if (start && start->file.is_relative() && std::filesystem::exists(start->file, code))
        weights = std::filesystem::absolute(weights, code).lexically_normal().string();
}

Json numberOrNull(const std::optional<double>& value) {
    return value ? Json(*value) : Json();
}

} // namespace

Result<SearchPlan> SearchFolder::plan() const {
    const auto file = m_folder / "search.json";
    const Result<Json> json = readJsonFile(file);
    return json ? storedSearchPlan(*json, m_folder, file.string()) : Result<SearchPlan>(json.error());
}

Result<SearchFolder> beginSearch(const std::filesystem::path& home, const SearchPlan& plan, std::stop_token stop) {
    if (const std::vector<Problem> found = problems(plan); !found.empty())
        return badInput("The search cannot begin: " + joined(found) + ".");
    SearchPlan absolute = plan;
    std::error_code code;
    if (!plan.base.data.path.empty())
        absolute.base.data.path = std::filesystem::absolute(plan.base.data.path, code).lexically_normal().string();
    keepWeights(absolute.base.model.weights, home);
    for (Dimension& dimension : absolute.space.dimensions)
        for (Json& choice : dimension.each.choices)
            if (dimension.path == "model.weights" && choice.is_string())
                keepWeights(choice.get_ref<std::string&>(), home);
    const auto images = openWithOverlay(home, absolute.base.data, plan.base.seed, true, std::move(stop));
    if (!images)
        return images.error();
    if (plan.objective.starts_with("val_") && images->count(Subset::Validation) == 0)
        return badInput("The objective " + plan.objective +
                        " needs validation images and there are none; set base.data.validation_split, as in 0.2.");
    if (const auto store = RunStore::open(home); !store) // that the home can be written
        return store.error();
    if (const auto again = storedSearchPlan(toJson(absolute), {}, "The search cannot begin"); !again)
        return again.error(); // two spellings of a file have become the same choice
    const SearchFolder folder(home / "searches" / newRunId());
    if (const Result<void> made = makeFolder(folder.path()); !made)
        return made.error();
    if (const Result<void> written =
            writeFileAtomically(folder.path() / "search.json", toText(toJson(absolute)) + "\n");
        !written)
        return written.error();
    return folder;
}

std::vector<SearchFolder> searchFolders(const std::filesystem::path& home) {
    std::vector<SearchFolder> folders;
    std::error_code code;
    for (std::filesystem::directory_iterator entry(home / "searches", code), end; !code && entry != end;
         entry.increment(code)) {
        std::error_code ignored;
        if (std::filesystem::exists(entry->path() / "search.json", ignored))
            folders.emplace_back(entry->path());
    }
    std::sort(folders.begin(), folders.end(),
              [](const SearchFolder& one, const SearchFolder& other) { return one.id() > other.id(); });
    return folders;
}

Result<SearchFolder> findSearch(const std::filesystem::path& home, const std::string& search) {
    std::vector<SearchFolder> prefixed, named;
    for (const SearchFolder& folder : searchFolders(home)) {
        if (folder.id() == search)
            return folder;
        if (!search.empty() && folder.id().starts_with(search))
            prefixed.push_back(folder);
        else if (const Result<SearchPlan> plan = folder.plan(); plan && plan->title() == search)
            named.push_back(folder);
    }
    return oneOf(prefixed.empty() ? named : prefixed, search);
}

const char* nameOf(SearchView::State state) {
    constexpr std::array kNames{"running", "paused", "completed", "stopped"};
    return kNames[static_cast<std::size_t>(state)];
}

int endedTrials(const Study& study) {
    return static_cast<int>(std::count_if(study.trials.begin(), study.trials.end(), [](const SearchTrial& trial) {
        return trial.state != SearchTrial::State::Running;
    }));
}

std::string whyLeft(const SearchPlan& plan, const Study& study, const std::string& search, const std::string& reason) {
    const int left = trialsOf(plan) - endedTrials(study);
    if (left <= 0)
        return {};
    return reason + ": " + counted(static_cast<std::size_t>(left), "trial") + (left == 1 ? " is" : " are") +
           " left; search resume " + search + " continues.";
}

Result<SearchView> viewSearch(const SearchFolder& folder) {
    const bool isRunning = ownerOf(folder.path()).has_value(); // before the journal: what ends in between has ended
    Result<SearchPlan> plan = folder.plan();
    if (!plan)
        return plan.error();
    Result<Study> study = folder.study();
    if (!study)
        return study.error();
    for (SearchTrial& trial : study->trials)
        if (const std::vector<std::string> strange = dropStrangers(plan->space, trial.point); !strange.empty())
            study->notes.push_back("Trial " + std::to_string(trial.number) + " has values in the journal that " +
                                   "search.json does not allow; they are ignored: " + listed(strange) + ".");
    SearchView view{folder.id(), folder.path(), std::move(*plan), std::move(*study)};
    view.isWatched = isRunning;
    if (isRunning)
        view.state = saysPaused(folder.path()) ? SearchView::State::Paused : SearchView::State::Running;
    else if (endedTrials(view.study) >= trialsOf(view.plan))
        view.state = SearchView::State::Completed;
    else if (view.plan.slurm && saysPaused(folder.path()))
        view.state = SearchView::State::Paused;
    else if (isTrainedElsewhere(view))
        view.state = SearchView::State::Running;
    return view;
}

bool isAnyTrained(const SearchView& view) {
    const std::filesystem::path runs = view.folder.parent_path().parent_path() / "runs";
    const std::vector<SearchTrial>& trials = view.study.trials;
    return std::any_of(trials.begin(), trials.end(), [&](const SearchTrial& trial) {
        return trial.state == SearchTrial::State::Running && !trial.runs.empty() &&
               ownerOf(runs / trial.runs.back()).has_value();
    });
}

Json toJson(const SearchView& view) {
    Json trials = Json::array();
    for (const SearchTrial& trial : view.study.trials) {
        Json reports = Json::object();
        for (const auto& [epoch, value] : trial.reports)
            reports[std::to_string(epoch)] = value;
        trials.push_back({{"number", trial.number},
                          {"state", nameOf(trial.state)},
                          {"params", settingsOf(view.plan.space, trial.point)},
                          {"value", numberOrNull(trial.value)},
                          {"values", trial.values},
                          {"runs", trial.runs},
                          {"figures", trial.figures},
                          {"epochs", std::move(reports)},
                          {"task", trial.task.empty() ? Json() : Json(trial.task)},
                          {"error", trial.error.empty() ? Json() : Json(trial.error)}});
    }
    const std::optional<int> best = bestTrial(view.study.trials, view.plan.maximize);
    return {{"id", view.id},
            {"name", view.plan.title()},
            {"state", nameOf(view.state)},
            {"objective", view.plan.objective},
            {"direction", view.plan.maximize ? "max" : "min"},
            {"trials", std::move(trials)},
            {"best", best ? Json(*best) : Json()},
            {"importance", importanceOf(view.plan.space, view.study.trials)},
            {"notes", view.study.notes},
            {"folder", view.folder.string()}};
}

} // namespace sightline
