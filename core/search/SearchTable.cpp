// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SearchTable.h"

#include <algorithm>
#include <map>

#include "search/Importance.h"
#include "store/FoldGroup.h"
#include "store/GroupFolder.h"
#include "support/Words.h"

namespace sightline {

namespace {

std::string settingText(const Json& value) {
    return value.is_string() ? value.get<std::string>() : toText(value, -1);
}

/// Names of all groups, by id.
Result<std::map<std::string, std::string>> groupsOf(RunStore& store) {
    const auto runs = store.list();
    if (!runs)
        return runs.error();
    std::map<std::string, std::string> groups;
    for (const RunSummary& run : *runs)
        if (run.group)
            groups.emplace(run.group->id, run.group->name);
    for (const SearchFolder& folder : searchFolders(store.home()))
        if (const Result<SearchPlan> plan = folder.plan())
            groups.emplace(folder.id(), plan->title());
    return groups;
}

/// Nothing where the group is no search.
std::optional<SearchFolder> searchOf(const std::filesystem::path& home, const std::string& id) {
    for (SearchFolder& folder : searchFolders(home))
        if (folder.id() == id)
            return folder;
    return std::nullopt;
}

} // namespace

TrialTable trialTableOf(const SearchView& view) {
    TrialTable table;
    table.objective = view.plan.objective;
    table.maximize = view.plan.maximize;
    for (const Dimension& dimension : view.plan.space.dimensions)
        table.paths.push_back(dimension.path);
    for (const SearchTrial& trial : view.study.trials) {
        TrialTable::Row row{trial.number, nameOf(trial.state), {}, trial.value, trial.runs, trial.error};
        const Json settings = settingsOf(view.plan.space, trial.point);
        for (const std::string& path : table.paths)
            row.settings.push_back(settings.contains(path) ? settingText(settings[path]) : std::string());
        table.rows.push_back(std::move(row));
    }
    table.best = bestTrial(view.study.trials, view.plan.maximize);
    for (const auto& [path, share] : importanceOf(view.plan.space, view.study.trials))
        table.importance.emplace_back(path, share);
    std::stable_sort(table.importance.begin(), table.importance.end(),
                     [](const auto& one, const auto& other) { return one.second > other.second; });
    table.document = toText(toJson(view.plan));
    return table;
}

Result<std::string> findGroup(RunStore& store, const std::string& group) {
    if (kindOfGroup(store.home(), group))
        return group;
    const auto groups = groupsOf(store);
    if (!groups)
        return groups.error();
    if (groups->contains(group))
        return group;
    std::vector<std::string> prefixed, named;
    for (const auto& [id, name] : *groups) {
        if (!group.empty() && id.starts_with(group))
            prefixed.push_back(id);
        if (!group.empty() && name == group)
            named.push_back(id);
    }
    const std::vector<std::string>& found = prefixed.empty() ? named : prefixed;
    if (found.size() == 1)
        return found.front();
    if (found.empty())
        return badInput("There is no group " + shown(group) + " in " + store.home().string() +
                        "; runs list --json names the groups.");
    return badInput(shown(group) + " is " + counted(found.size(), "group") + ": " + listed(found) + "; give an id.");
}

Result<std::string> findGroupOrFoldsOf(RunStore& store, const std::string& given) {
    Result<std::string> group = findGroup(store, given);
    if (group || given.empty())
        return group;
    const auto groups = groupsOf(store);
    if (!groups)
        return groups.error();
    std::vector<std::string> found;
    for (const auto& [id, name] : *groups)
        if (const auto folds = readFoldGroup(store.home(), id); folds && folds->experiment.name == given)
            found.push_back(id);
    if (found.size() > 1)
        return badInput(shown(given) + " is " + counted(found.size(), "group") + " of folds: " + listed(found) +
                        "; give an id.");
    return found.empty() ? group : Result<std::string>(found.front());
}

Result<GroupTable> readTableOf(const std::filesystem::path& home, const std::string& id) {
    const std::optional<SearchFolder> search = searchOf(home, id);
    if (!search)
        return readGroupTable(home, id);
    const Result<SearchView> view = viewSearch(*search);
    if (!view)
        return view.error();
    GroupTable table{{id, RunGroup::Kind::Search, view->plan.title(), {}}, {}};
    table.isComplete = view->state == SearchView::State::Completed;
    table.trials = trialTableOf(*view);
    for (const TrialTable::Row& trial : table.trials->rows) {
        GroupTable::Row row{"trial " + std::to_string(trial.number),
                            settingsWords(*table.trials, trial),
                            {},
                            {},
                            trial.runs.empty() ? std::string() : trial.runs.front(),
                            trial.note};
        row.value = trial.value;
        if (trial.state == nameOf(SearchTrial::State::Running))
            row.note = "Not ended yet.";
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::string exampleOf(const std::filesystem::path& home, const std::string& id) {
    const std::optional<SearchFolder> search = searchOf(home, id);
    if (!search)
        return {};
    const Result<SearchView> view = viewSearch(*search);
    const std::optional<int> best = view ? bestTrial(view->study.trials, view->plan.maximize) : std::nullopt;
    if (!best)
        return {};
    const std::vector<std::string>& runs = view->study.trials[static_cast<std::size_t>(*best)].runs;
    return runs.empty() ? std::string() : runs.front();
}

Result<void> describeSearch(const std::filesystem::path& home, GroupReport& report) {
    if (report.group.kind != RunGroup::Kind::Search || !searchOf(home, report.group.id))
        return {};
    Result<GroupTable> table = readTableOf(home, report.group.id);
    if (!table)
        return table.error();
    std::vector<std::string> order;
    for (const TrialTable::Row& trial : table->trials->rows) {
        order.insert(order.end(), trial.runs.begin(), trial.runs.end());
        for (GroupMember& member : report.members)
            if (trial.state == nameOf(SearchTrial::State::Pruned) &&
                std::find(trial.runs.begin(), trial.runs.end(), member.run.id) != trial.runs.end())
                member.run.state = trial.state;
    }
    putInOrder(report, order);
    report.table = std::move(*table);
    return {};
}

} // namespace sightline
