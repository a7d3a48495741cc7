// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/FoldGroup.h"

#include "store/GroupFolder.h"
#include "support/Files.h"

namespace sightline {

std::string FoldGroup::name() const {
    return (experiment.name.empty() ? experiment.model.name : experiment.name) + ": " + std::to_string(folds) +
           " folds";
}

Experiment FoldGroup::experimentOf(int index) const {
    Experiment fold = experiment;
    fold.data.fold = {folds, index};
    fold.name = (experiment.name.empty() ? experiment.model.name : experiment.name) + ", fold " +
                std::to_string(index) + " of " + std::to_string(folds);
    return fold;
}

RunGroup FoldGroup::memberOf(int index) const {
    return {id, RunGroup::Kind::Folds, name(), "fold " + std::to_string(index) + " of " + std::to_string(folds)};
}

Result<FoldGroup> readFoldGroup(const std::filesystem::path& home, const std::string& id) {
    const auto file = groupFolder(home, id) / "group.json";
    const auto json = readJsonFile(file);
    if (!json)
        return json.error();
    const Error damaged = badInput(file.string() + " is damaged.");
    if (!json->is_object() || json->value("kind", Json()) != "folds" || !json->contains("experiment") ||
        !json->value("folds", Json()).is_number_integer() || !json->value("runs", Json()).is_array())
        return damaged;
    Result<Experiment> experiment = experimentFromJson((*json)["experiment"]);
    if (!experiment)
        return experiment.error();
    FoldGroup group{id, std::move(*experiment), (*json)["folds"].get<int>(), {}};
    for (const Json& run : (*json)["runs"])
        if (run.is_string())
            group.runs.push_back(run.get<std::string>());
    if (group.folds < 2 || group.runs.size() != (*json)["runs"].size() ||
        group.runs.size() > static_cast<std::size_t>(group.folds))
        return damaged;
    return group;
}

Result<void> writeFoldGroup(const std::filesystem::path& home, const FoldGroup& group) {
    if (const auto made = makeFolder(groupFolder(home, group.id)); !made)
        return made;
    const Json json{{"kind", "folds"},
                    {"name", group.name()},
                    {"folds", group.folds},
                    {"runs", group.runs},
                    {"experiment", toJson(group.experiment)}};
    return writeFileAtomically(groupFolder(home, group.id) / "group.json", toText(json) + "\n");
}

std::filesystem::path outOfFoldFile(const std::filesystem::path& home, const std::string& id) {
    return groupFolder(home, id) / "out-of-fold.csv";
}

std::optional<std::filesystem::path> outOfFoldFileOf(const std::filesystem::path& runFolder) {
    const std::optional<RunGroup> group = readGroup(runFolder);
    if (!group || group->kind != RunGroup::Kind::Folds)
        return std::nullopt;
    std::filesystem::path file = outOfFoldFile(runFolder.parent_path().parent_path(), group->id);
    std::error_code code;
    return std::filesystem::exists(file, code) ? std::optional(std::move(file)) : std::nullopt;
}

} // namespace sightline
