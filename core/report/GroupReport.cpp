// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/GroupReport.h"

#include <algorithm>

#include "report/Chart.h"
#include "report/EvaluationHtml.h"
#include "report/Html.h"
#include "report/RunSections.h"
#include "store/SettingsDifference.h"
#include "support/Words.h"

namespace sightline {

using namespace report;

namespace {

std::string nameOf(const GroupMember& member) {
    return member.run.group && !member.run.group->member.empty() ? member.run.group->member : member.run.name;
}

std::string runsTable(const GroupReport& report) {
    std::vector<std::vector<std::string>> rows;
    for (const GroupMember& member : report.members) {
        const auto& run = member.run;
        rows.push_back({nameOf(member), run.id, run.state, std::to_string(run.epochs),
                        run.bestValAccuracy ? percent(*run.bestValAccuracy) : "-",
                        run.bestValLoss ? decimal(*run.bestValLoss, 4) : "-",
                        member.evaluation ? percent(member.evaluation->accuracy) : "-"});
    }
    const bool isTest = std::any_of(report.members.begin(), report.members.end(), [](const GroupMember& member) {
        return member.evaluation && member.evaluation->split == "test";
    });
    return table("The runs of the group",
                 {"Run", "Id", "State", "Epochs", "Best validation accuracy", "Best validation loss",
                  isTest ? "Test accuracy" : "Validation accuracy"},
                 rows);
}

/// The text's table, or the mean and spread of folds.
std::string comparison(const GroupReport& report) {
    if (!report.table)
        return {};
    if (report.table->trials)
        return trialsHtml(*report.table->trials);
    if (report.group.kind != RunGroup::Kind::Table)
        return spreadWords(*report.table).empty() ? std::string()
                                                  : "<p>" + escaped(spreadWords(*report.table)) + "</p>\n";
    std::vector<std::vector<std::string>> rows;
    const auto figure = [](const std::optional<double>& share) { return share ? percent(*share) : "-"; };
    for (const GroupTable::Row& row : report.table->rows)
        rows.push_back({row.name, row.changes, figure(row.valAccuracy), figure(row.testAccuracy), row.note});
    return table("The experiments of the table",
                 {"Model", "Changes made", "Validation accuracy", "Test accuracy", "Note"}, rows);
}

std::string curves(const GroupReport& report) {
    std::vector<ChartLine> lines;
    for (const GroupMember& member : report.members) {
        ChartLine line{nameOf(member), {}, {}, lines.size() / 6 % 2 == 1, static_cast<int>(lines.size() % 6)};
        for (const EpochMetrics& epoch : member.history)
            if (epoch.valAccuracy) {
                line.x.push_back(epoch.epoch);
                line.y.push_back(*epoch.valAccuracy);
            }
        if (!line.x.empty())
            lines.push_back(std::move(line));
    }
    return chart("Validation accuracy", "Epoch", lines);
}

std::string settings(const GroupReport& report) {
    if (report.table && report.table->trials)
        return "<p>SEARCH.json, to search again:</p>\n<pre>" + escaped(report.table->trials->document) + "</pre>\n";
    std::vector<Experiment> experiments;
    std::vector<std::string> headings{"Setting"};
    for (const GroupMember& member : report.members) {
        experiments.push_back(member.experiment);
        headings.push_back(nameOf(member));
    }
    std::vector<std::vector<std::string>> rows;
    for (const DifferingSetting& setting : differingSettings(experiments)) {
        std::vector<std::string> row{setting.path};
        for (const Json& value : setting.values)
            row.push_back(value.is_null() ? "-" : value.is_string() ? value.get<std::string>() : value.dump());
        rows.push_back(std::move(row));
    }
    return rows.empty() ? std::string() : table("Settings that differ", headings, rows);
}

/// Of the run that stands for the others.
std::string whose(const GroupReport& report) {
    return "<p class=\"muted\">Of " + escaped(report.methods.member) + "</p>\n";
}

std::string repetition(const GroupReport& report) {
    if (report.repeated.is_null())
        return {};
    const bool isOne = report.group.kind == RunGroup::Kind::Table, hasAll = !report.commandOfAll.empty();
    return (hasAll ? "<p>This trains all models of the table: <code>sightline-cli " + escaped(report.commandOfAll) +
                         "</code></p>\n"
                   : std::string()) +
           (isOne ? whose(report) : std::string()) + "<p>Save this as experiment.json and run <code>sightline-cli " +
           escaped(report.command) + "</code>" +
           (isOne && !hasAll ? "; the others need the settings that differ" : "") + ".</p>\n<pre>" +
           escaped(toText(report.repeated)) + "</pre>\n";
}

} // namespace

void putInOrder(GroupReport& report, const std::vector<std::string>& runs) {
    const auto place = [&](const GroupMember& member) { return std::find(runs.begin(), runs.end(), member.run.id); };
    std::stable_sort(report.members.begin(), report.members.end(),
                     [&](const GroupMember& a, const GroupMember& b) { return place(a) < place(b); });
}

std::string reportHtml(const GroupReport& report) {
    const std::string title = report.group.name.empty() ? report.group.id : report.group.name;
    std::string body = "<h1>" + escaped(title) + "</h1>\n<p class=\"muted\">Group " + escaped(report.group.id) + ", " +
                       std::to_string(report.members.size()) + " runs</p>\n";
    for (const std::string& note : report.notes)
        body += "<p class=\"muted\">" + escaped(note) + "</p>\n";
    if (const std::size_t gone = report.withoutCheckpoints.size(); gone > 0)
        body += "<p class=\"muted\">" + counted(gone, "run") + (gone == 1 ? " has" : " have") +
                " no checkpoint any more, for the search keeps those of its best trials, and no test figures.</p>\n";
    if (!report.methods.text.empty())
        body += section("Methods", "<p>The runs differ as the tables below say; of " + escaped(report.methods.member) +
                                       ":</p>\n<p>" + escaped(report.methods.text) + "</p>\n");
    const auto& one = report.methods.run;
    if (one)
        body += section("Images", whose(report) + imagesTable(*one));
    body += section("Runs", comparison(report) + runsTable(report));
    body += section("Curves", curves(report));
    if (report.outOfFold && !report.outOfFold->predictions.empty())
        body += evaluationHtml(*report.outOfFold);
    else if (one && one->evaluation && !one->evaluation->predictions.empty())
        body += section("The figures of one run", whose(report)) + evaluationHtml(*one->evaluation);
    if (const std::string network = one && one->graph ? layers(*one->graph) : std::string(); !network.empty())
        body += section("Network", whose(report) + network);
    body += section("Settings", settings(report));
    body += section("Repeat it", repetition(report));
    return document(title + " - Sightline", body);
}

} // namespace sightline
