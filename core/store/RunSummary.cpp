// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunSummary.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/JsonFields.h"

namespace sightline {

namespace {

Json number(const std::optional<double>& value) {
    return value ? Json(*value) : Json();
}

} // namespace

Json toJson(const RunSummary& summary) {
    return {{"id", summary.id},
            {"name", summary.name},
            {"state", summary.state},
            {"reason", summary.reason},
            {"network", summary.network},
            {"data", summary.dataPath},
            {"created", summary.created},
            {"epochs", summary.epochs},
            {"planned_epochs", summary.plannedEpochs},
            {"best_epoch", summary.bestEpoch},
            {"best_val_accuracy", number(summary.bestValAccuracy)},
            {"best_val_loss", number(summary.bestValLoss)},
            {"loss", number(summary.lastLoss)},
            {"accuracy", number(summary.lastAccuracy)},
            {"val_loss", number(summary.lastValLoss)},
            {"val_accuracy", number(summary.lastValAccuracy)},
            {"note", summary.note},
            {"tags", summary.tags},
            {"starred", summary.starred},
            {"archived", summary.archived},
            {"group", summary.group ? toJson(*summary.group) : Json()},
            {"parent", summary.parent.empty() ? Json() : Json(summary.parent)},
            {"folder", summary.folder.string()}};
}

RunSummary runSummaryFrom(const Json& json) {
    RunSummary summary;
    if (!json.is_object())
        return summary;
    const JsonFields fields(json);
    fields.read("id", summary.id);
    fields.read("name", summary.name);
    fields.read("state", summary.state);
    fields.read("reason", summary.reason);
    fields.read("network", summary.network);
    fields.read("data", summary.dataPath);
    fields.read("created", summary.created);
    fields.read("epochs", summary.epochs);
    fields.read("planned_epochs", summary.plannedEpochs);
    fields.read("best_epoch", summary.bestEpoch);
    fields.read("best_val_accuracy", summary.bestValAccuracy);
    fields.read("best_val_loss", summary.bestValLoss);
    fields.read("loss", summary.lastLoss);
    fields.read("accuracy", summary.lastAccuracy);
    fields.read("val_loss", summary.lastValLoss);
    fields.read("val_accuracy", summary.lastValAccuracy);
    fields.read("note", summary.note);
    fields.read("tags", summary.tags);
    fields.read("starred", summary.starred);
    fields.read("archived", summary.archived);
    if (const Json* group = fields.find("group"))
        summary.group = runGroupFrom(*group);
    fields.read("parent", summary.parent);
    std::string folder;
    fields.read("folder", folder);
    summary.folder = folder;
    return summary;
}

void sortRuns(std::vector<RunSummary>& runs, const std::string& order) {
    // Each order is a figure whose largest value comes first; nothing, or no number, comes last.
    const auto sortBy = [&](auto figure) {
        const auto worst = -std::numeric_limits<double>::infinity();
        const auto key = [&](const RunSummary& run) {
            const std::optional<double> value = figure(run);
            return value && !std::isnan(*value) ? *value : worst;
        };
        std::stable_sort(runs.begin(), runs.end(),
                         [&](const RunSummary& a, const RunSummary& b) { return key(a) > key(b); });
    };
    const auto negative = [](const std::optional<double>& value) { return value ? std::optional(-*value) : value; };
    if (order == "created")
        std::stable_sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.id > b.id; });
    else if (order == "name")
        std::stable_sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    else if (order == "epochs")
        sortBy([](const RunSummary& run) { return std::optional<double>(run.epochs); });
    else if (order == "val_accuracy")
        sortBy([](const RunSummary& run) { return run.bestValAccuracy; });
    else if (order == "val_loss")
        sortBy([&](const RunSummary& run) { return negative(run.bestValLoss); });
    else if (order == "accuracy")
        sortBy([](const RunSummary& run) { return run.lastAccuracy; });
    else if (order == "loss")
        sortBy([&](const RunSummary& run) { return negative(run.lastLoss); });
    else if (order == "starred")
        sortBy([](const RunSummary& run) { return std::optional<double>(run.starred ? 1 : 0); });
}

} // namespace sightline
