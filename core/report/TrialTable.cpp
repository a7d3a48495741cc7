// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/TrialTable.h"

#include <algorithm>

#include "report/Html.h"
#include "report/TableText.h"
#include "support/Csv.h"
#include "support/Words.h"

namespace sightline {

using namespace report;

namespace {

std::string valueText(const std::optional<double>& value) {
    return value ? decimal(*value, 4) : "-";
}

std::string joinedRuns(const TrialTable::Row& row) {
    std::string text;
    for (const std::string& run : row.runs)
        text += (text.empty() ? "" : " ") + run;
    return text;
}

} // namespace

std::string settingsWords(const TrialTable& table, const TrialTable::Row& row) {
    std::string text;
    for (std::size_t i = 0; i < std::min(table.paths.size(), row.settings.size()); ++i)
        text += (text.empty() ? "" : ", ") + table.paths[i] + " " + row.settings[i];
    return text;
}

std::string bestWords(const TrialTable& table) {
    const auto best = std::find_if(table.rows.begin(), table.rows.end(),
                                   [&](const TrialTable::Row& row) { return row.number == table.best; });
    const std::string by = " by " + table.objective + " (" + (table.maximize ? "higher" : "lower") + " is better)";
    if (best == table.rows.end())
        return "No trial is complete yet; trials are compared" + by + ".";
    const auto running = static_cast<std::size_t>(std::count_if(
        table.rows.begin(), table.rows.end(), [](const TrialTable::Row& row) { return row.state == "running"; }));
    const std::string of = counted(table.rows.size() - running, running > 0 ? "finished trial" : "trial");
    return "Best of " + of + by + ": trial " + std::to_string(best->number) + ", " + valueText(best->value) + "; " +
           settingsWords(table, *best) + ".";
}

std::string trialsCsv(const TrialTable& table) {
    std::vector<std::string> cells{"Trial"};
    for (const std::string& path : table.paths)
        cells.push_back(csvCell(path));
    for (const std::string& heading : {table.objective, std::string("State"), std::string("Runs"), std::string("Note")})
        cells.push_back(csvCell(heading));
    std::string text = line(cells, ",") + "\r\n";
    for (const TrialTable::Row& row : table.rows) {
        cells = {std::to_string(row.number)};
        for (const std::string& setting : row.settings)
            cells.push_back(csvCell(setting));
        for (const std::string& cell : {digits(row.value), row.state, joinedRuns(row), row.note})
            cells.push_back(csvCell(cell));
        text += line(cells, ",") + "\r\n";
    }
    return text;
}

std::string trialsMarkdown(const TrialTable& table) {
    std::vector<std::string> cells{"Trial"};
    for (const std::string& path : table.paths)
        cells.push_back(markdownCell(path));
    cells.insert(cells.end(), {table.objective, "State"});
    std::string text =
        "| " + line(cells, " | ") + " |\n|" + line(std::vector<std::string>(cells.size(), "---"), "|") + "|\n";
    std::string notes;
    for (const TrialTable::Row& row : table.rows) {
        cells = {std::to_string(row.number)};
        for (const std::string& setting : row.settings)
            cells.push_back(markdownCell(setting));
        cells.insert(cells.end(), {valueText(row.value), row.state});
        text += "| " + line(cells, " | ") + " |\n";
        if (!row.note.empty())
            notes += "\nTrial " + std::to_string(row.number) + ": " + row.note + "\n";
    }
    return text + "\n" + bestWords(table) + "\n" + notes;
}

std::string trialsHtml(const TrialTable& table) {
    std::vector<std::string> headings{"Trial"};
    headings.insert(headings.end(), table.paths.begin(), table.paths.end());
    headings.insert(headings.end(), {table.objective, "State", "Note"});
    std::vector<std::vector<std::string>> rows, shares;
    for (const TrialTable::Row& row : table.rows) {
        std::vector<std::string> cells{std::to_string(row.number)};
        cells.insert(cells.end(), row.settings.begin(), row.settings.end());
        cells.insert(cells.end(), {valueText(row.value), row.state, row.note});
        rows.push_back(std::move(cells));
    }
    for (const auto& [path, share] : table.importance)
        shares.push_back({path, percent(share)});
    return "<p>" + escaped(bestWords(table)) + "</p>\n" + report::table("The trials of the search", headings, rows) +
           (shares.empty() ? std::string()
                           : report::table("How much each setting matters", {"Setting", "Share"}, shares));
}

} // namespace sightline
