// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/TableGroup.h"

#include "store/GroupFolder.h"
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

Result<void> writeTableGroup(const std::filesystem::path& home, const TableGroup& group) {
    if (const auto made = makeFolder(groupFolder(home, group.id)); !made)
        return made;
    Json json{{"kind", "table"}, {"name", group.name}, {"rows", Json::array()}};
    for (const TableRow& row : group.rows)
        json["rows"].push_back(toJson(row));
    return writeFileAtomically(fileOf(home, group.id), toText(json) + "\n");
}

} // namespace sightline
