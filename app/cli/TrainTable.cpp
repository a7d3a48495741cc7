// SPDX-License-Identifier: GPL-3.0-or-later
#include "TrainTable.h"

#include <algorithm>
#include <cstdio>

#include "engine/TableTraining.h"
#include "report/GroupTable.h"

namespace sightline::cli {

namespace {

/// The experiments of the table with what is set in all of them.
Result<std::vector<TableRow>> rowsOf(const PresetTable& table, const ExperimentOptions& changes) {
    std::vector<TableRow> rows;
    for (const PresetTable::Row& row : table.rows) {
        ExperimentOptions options = changes;
        options.preset = row.preset;
        auto experiment = experimentOf(options);
        if (!experiment)
            return experiment.error();
        rows.push_back({row.changes, std::move(*experiment)});
    }
    return rows;
}

Json toJson(const TableEnded& ended) {
    Json models = Json::array();
    for (const TableRow& row : ended.group.rows) {
        Json model{{"name", row.experiment.name}, {"changes", row.changes}};
        model["run"] = row.run.empty() ? Json() : Json(row.run);
        model["val_accuracy"] = row.valAccuracy ? Json(*row.valAccuracy) : Json();
        model["test_accuracy"] = row.testAccuracy ? Json(*row.testAccuracy) : Json();
        model["failure"] = row.failure.empty() ? Json() : Json(row.failure);
        models.push_back(std::move(model));
    }
    return {{"group", ended.group.id}, {"name", ended.group.name}, {"models", std::move(models)}};
}

Result<TableGroup> begin(const TableOptions& options, const Context& context) {
    const PresetTable* table = findPresetTable(options.table);
    if (!table)
        return badInput("There is no table '" + options.table + "' of presets; available: " + presetTableNames() + ".");
    auto rows = rowsOf(*table, options.changes);
    return rows ? beginTable(context.home, table->title, std::move(*rows), interruption().get_token())
                : Result<TableGroup>(rows.error());
}

} // namespace

std::string presetTableNames() {
    std::string names;
    for (const PresetTable& table : presetTables())
        names += (names.empty() ? "" : ", ") + table.name;
    return names;
}

int trainTable(const TableOptions& options, Context& context, const EventSink& sink) {
    SeriesRequest request{context.home, options.group};
    request.threads = std::max(options.changes.threads, 0);
    request.next = [](std::size_t index, std::size_t count, const std::string& words) {
        std::fprintf(stderr, "Model %zu of %zu: %s\n", index, count, words.c_str());
    };
    if (options.group.empty()) {
        const auto begun = begin(options, context);
        if (!begun)
            return fail(begun.error());
        request.group = begun->id;
    }
    const Result<Engine*> engine = loadEngine();
    if (!engine)
        return fail(engine.error());
    TrainControl control;
    const auto ended =
        sightline::trainTable(**engine, request, interruption().get_token(), control, [&](const TrainEvent& event) {
            sink(event);
            if (const auto* run = std::get_if<RunEnded>(&event); run && run->outcome == RunEnded::Outcome::Failed)
                std::fprintf(stderr, "This model failed: %s\n", run->reason.c_str());
        });
    if (!ended)
        return fail(ended.error());
    if (ended->stopped) {
        std::fprintf(stderr, "Stopped; train --resume %s continues with what is missing.\n", request.group.c_str());
        return interruption().stop_requested() ? 130 : 0;
    }
    const auto table = readGroupTable(context.home, request.group);
    if (options.json)
        printJson(toJson(*ended));
    else if (table)
        std::printf("%s\nGroup %s\n", groupMarkdown(*table).c_str(), request.group.c_str());
    if (const std::size_t failures = ended->failures(); failures > 0)
        return fail(Error{std::to_string(failures) + " of " + std::to_string(ended->group.rows.size()) +
                          " models failed; train --resume " + request.group + " tries them again."});
    return 0;
}

} // namespace sightline::cli
