// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/TableGroup.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <utility>
#include <vector>

#include "experiment/PresetTables.h"
#include "store/GroupFolder.h"
#include "store/SettingsDifference.h"
#include "support/Files.h"
#include "support/JsonFields.h"

namespace sightline {

namespace {

std::filesystem::path fileOf(const std::filesystem::path& home, const std::string& id) {
    return groupFolder(home, id) / "group.json";
}

Json toJson(const TableRow& row) {
    Json json{{"changes", row.changes}, {"experiment", toJson(row.experiment)}, {"run", row.run}};
    json["val_accuracy"] = row.valAccuracy ? Json(*row.valAccuracy) : Json();
    json["test_accuracy"] = row.testAccuracy ? Json(*row.testAccuracy) : Json();
    json["failure"] = row.failure;
    return json;
}

Result<TableRow> rowFrom(const Json& json) {
    const JsonFields fields(json);
    const Json* experiment = fields.find("experiment");
    auto read = experimentFromJson(experiment ? *experiment : Json());
    if (!read)
        return read.error();
    TableRow row{{}, std::move(*read)};
    fields.read("changes", row.changes);
    fields.read("run", row.run);
    fields.read("val_accuracy", row.valAccuracy);
    fields.read("test_accuracy", row.testAccuracy);
    fields.read("failure", row.failure);
    return row;
}

/// As `--set` takes them.
using Changes = std::vector<std::pair<std::string, std::string>>;

/// The preset with changes; nothing where there is no such preset, or they are impossible.
Result<Experiment> changed(const std::string& preset, const Changes& changes) {
    const Result<Experiment> experiment = presetExperiment(preset);
    if (!experiment)
        return experiment;
    Json document = toJson(*experiment);
    for (const auto& [path, value] : changes)
        if (const Result<void> set = setSetting(document, path, value); !set)
            return set.error();
    return experimentFromJson(document);
}

/// What one experiment has otherwise than its preset.
Changes changesOf(const std::string& preset, const Experiment& experiment) {
    Changes changes;
    if (const Result<Experiment> before = presetExperiment(preset))
        for (const DifferingSetting& setting : differingSettings(std::vector<Experiment>{*before, experiment})) {
            const Json& value = setting.values.back();
            changes.emplace_back(setting.path, value.is_string() ? value.get<std::string>() : toText(value, -1));
        }
    return changes;
}

/// As a shell reads it.
std::string shellWord(const std::string& word) {
    const bool isPlain = std::all_of(word.begin(), word.end(), [](char letter) {
        return std::isalnum(static_cast<unsigned char>(letter)) || std::strchr("_-./=,:+", letter);
    });
    if (isPlain)
        return word;
    std::string quoted = "'";
    for (const char letter : word)
        quoted += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    return quoted + "'";
}

} // namespace

RunGroup TableGroup::memberOf(std::size_t row) const {
    return {id, RunGroup::Kind::Table, name, "model " + std::to_string(row + 1) + " of " + std::to_string(rows.size())};
}

Result<TableGroup> readTableGroup(const std::filesystem::path& home, const std::string& id) {
    const auto json = readJsonFile(fileOf(home, id));
    if (!json)
        return json.error();
    const JsonFields fields(*json);
    const Json* rows = fields.find("rows");
    if (kindOfGroup(home, id) != RunGroup::Kind::Table || !rows || !rows->is_array() || rows->empty())
        return badInput(fileOf(home, id).string() + " is damaged; train the table again.");
    TableGroup group{id, {}, {}};
    fields.read("name", group.name);
    for (const Json& row : *rows) {
        auto read = rowFrom(row);
        if (!read)
            return badInput(fileOf(home, id).string() + " is damaged: " + read.error().message);
        group.rows.push_back(std::move(*read));
    }
    return group;
}

std::string trainedAgainBy(const TableGroup& group) {
    const auto isIt = [&](const PresetTable& table) {
        return table.title == group.name && table.rows.size() == group.rows.size();
    };
    const auto table = std::find_if(presetTables().begin(), presetTables().end(), isIt);
    if (table == presetTables().end() || table->rows.empty())
        return {};
    const Changes changes = changesOf(table->rows.front().preset, group.rows.front().experiment);
    for (std::size_t i = 0; i < group.rows.size(); ++i)
        if (const auto experiment = changed(table->rows[i].preset, changes);
            !experiment || !(*experiment == group.rows[i].experiment))
            return {};
    std::string command = "train --preset-table " + table->name;
    for (const auto& [path, value] : changes)
        command += " --set " + shellWord(path + "=" + value);
    return command;
}

Result<void> writeTableGroup(const std::filesystem::path& home, const TableGroup& group) {
    if (const auto made = makeFolder(groupFolder(home, group.id)); !made)
        return made;
    Json json{{"kind", "table"}, {"name", group.name}, {"rows", Json::array()}};
    for (const TableRow& row : group.rows)
        json["rows"].push_back(toJson(row));
    return writeFileAtomically(fileOf(home, group.id), toText(json) + "\n");
}

} // namespace sightline
