// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/GroupTable.h"

#include <algorithm>

#include "metrics/Spread.h"
#include "report/Html.h"
#include "report/TableText.h"
#include "store/FoldGroup.h"
#include "store/GroupFolder.h"
#include "store/RunFolder.h"
#include "store/TableGroup.h"
#include "support/Csv.h"
#include "support/Files.h"

namespace sightline {

using report::digits;
using report::line;
using report::markdownCell;

namespace {

/// Why a run that was begun has no figure yet; empty where it is done.
std::string noteOn(const RunSummary& run) {
    if (run.state == "completed")
        return {};
    return run.reason.empty() ? "The run is " + run.state + "." : run.reason;
}

Result<GroupTable> ofFolds(const std::filesystem::path& home, const std::string& id) {
    const auto group = readFoldGroup(home, id);
    if (!group)
        return group.error();
    GroupTable table{{id, RunGroup::Kind::Folds, group->name(), {}}, {}};
    for (int fold = 1; fold <= group->folds; ++fold) {
        GroupTable::Row row{group->memberOf(fold).member, {}, {}, {}, {}, "Not trained yet."};
        if (const auto at = static_cast<std::size_t>(fold) - 1; at < group->runs.size()) {
            const RunSummary run = RunFolder(home / "runs" / group->runs[at]).summary();
            row.run = group->runs[at];
            row.note = noteOn(run);
            if (row.note.empty())
                row.valAccuracy = run.bestValAccuracy;
        }
        table.isComplete = table.isComplete && row.note.empty();
        table.rows.push_back(std::move(row));
    }
    std::error_code code;
    table.isComplete = table.isComplete && std::filesystem::exists(outOfFoldFile(home, id), code);
    return table;
}

Result<GroupTable> ofTable(const std::filesystem::path& home, const std::string& id) {
    const auto group = readTableGroup(home, id);
    if (!group)
        return group.error();
    GroupTable table{{id, RunGroup::Kind::Table, group->name, {}}, {}};
    for (const TableRow& made : group->rows) {
        GroupTable::Row row{std::to_string(table.rows.size() + 1),
                            made.changes,
                            made.valAccuracy,
                            made.testAccuracy,
                            made.run,
                            made.failure};
        if (row.note.empty() && !row.valAccuracy && !row.testAccuracy) {
            row.note = made.run.empty() ? "Not trained yet." : noteOn(RunFolder(home / "runs" / made.run).summary());
            if (row.note.empty())
                row.note = "Not evaluated yet.";
        }
        table.isComplete = table.isComplete && row.note.empty();
        table.rows.push_back(std::move(row));
    }
    return table;
}

std::string percent(const std::optional<double>& share) {
    return share ? report::percent(*share) : "-";
}

Spread spreadOfRows(const GroupTable& table) {
    std::vector<double> values;
    for (const GroupTable::Row& row : table.rows)
        if (row.valAccuracy)
            values.push_back(*row.valAccuracy);
    return spreadOf(values);
}

} // namespace

bool GroupTable::hasTest() const {
    return std::any_of(rows.begin(), rows.end(), [](const Row& row) { return row.testAccuracy.has_value(); });
}

Result<GroupTable> readGroupTable(const std::filesystem::path& home, const std::string& id) {
    const auto kind = kindOfGroup(home, id);
    if (kind == RunGroup::Kind::Folds)
        return ofFolds(home, id);
    if (kind == RunGroup::Kind::Table)
        return ofTable(home, id);
    return badInput("There is no group " + id + " in " + home.string() + "; runs list --json names the groups.");
}

std::string spreadWords(const GroupTable& table) {
    const auto trained = std::count_if(table.rows.begin(), table.rows.end(),
                                       [](const GroupTable::Row& row) { return row.valAccuracy.has_value(); });
    if (table.group.kind != RunGroup::Kind::Folds || trained == 0)
        return {};
    const Spread spread = spreadOfRows(table);
    return "Validation accuracy " + report::percent(spread.mean) + " on average, standard deviation " +
           report::decimal(spread.deviation * 100, 1) + " points over " + std::to_string(trained) + " folds.";
}

std::string groupCsv(const GroupTable& table) {
    if (table.trials)
        return trialsCsv(*table.trials);
    const bool isTable = table.group.kind == RunGroup::Kind::Table;
    std::string text = isTable ? "Model,Changes made,Validation accuracy,Test accuracy,Run,Note\r\n"
                               : "Fold,Validation accuracy,Run,Note\r\n";
    for (const GroupTable::Row& row : table.rows) {
        std::vector<std::string> cells{csvCell(row.name)};
        if (isTable)
            cells.push_back(csvCell(row.changes));
        cells.push_back(digits(row.valAccuracy));
        if (isTable)
            cells.push_back(digits(row.testAccuracy));
        cells.push_back(csvCell(row.run));
        cells.push_back(csvCell(row.note));
        text += line(cells, ",") + "\r\n";
    }
    return text;
}

std::string groupMarkdown(const GroupTable& table) {
    if (table.trials)
        return trialsMarkdown(*table.trials);
    const bool isTable = table.group.kind == RunGroup::Kind::Table;
    std::string text = isTable ? "| Model | Changes made | Validation accuracy | Test accuracy |\n|---|---|---|---|\n"
                               : "| Fold | Validation accuracy |\n|---|---|\n";
    std::string notes;
    for (const GroupTable::Row& row : table.rows) {
        std::vector<std::string> cells{markdownCell(row.name)};
        if (isTable)
            cells.push_back(markdownCell(row.changes));
        cells.push_back(percent(row.valAccuracy));
        if (isTable)
            cells.push_back(percent(row.testAccuracy));
        text += "| " + line(cells, " | ") + " |\n";
        if (!row.note.empty())
            notes += "\n" + (isTable ? "Model " + row.name : row.name) + ": " + row.note + "\n";
    }
    const std::string spread = spreadWords(table);
    return text + (spread.empty() ? std::string() : "\n" + spread + "\n") + notes;
}

Result<void> writeGroupTable(const GroupTable& table, const std::filesystem::path& file) {
    const std::string ending = file.extension().string();
    if (ending != ".csv" && ending != ".md")
        return badInput(file.string() + ": name the table's file with .csv or .md at its end.");
    return writeFileAtomically(file, ending == ".csv" ? groupCsv(table) : groupMarkdown(table));
}

} // namespace sightline
