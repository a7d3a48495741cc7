// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunEvents.h"

#include <fstream>

#include "metrics/EpochJson.h"
#include "support/Json.h"

namespace sightline {

namespace {

/// A number of the object; `otherwise` where it is missing, null or no number.
double number(const Json& json, const char* key, double otherwise = 0) {
    const auto place = json.find(key);
    return place != json.end() && place->is_number() ? place->get<double>() : otherwise;
}

int wholeNumber(const Json& json, const char* key) {
    const double value = number(json, key);
    return value >= 0 && value <= 1e9 ? static_cast<int>(value) : 0;
}

std::string text(const Json& json, const char* key) {
    const auto place = json.find(key);
    return place != json.end() && place->is_string() ? place->get<std::string>() : std::string();
}

void dropFrom(std::vector<EpochMetrics>& epochs, int first) {
    while (!epochs.empty() && epochs.back().epoch >= first)
        epochs.pop_back();
}

} // namespace

void RunEvents::add(const Json& json) {
    const std::string type = text(json, "type");
    if (type == "run_started") {
        if (outcome == "completed")
            patience.used = 0;
        patience.begin();
        outcome.clear();
        reason.clear();
        paused = stopsAfterEpoch = false;
        batchesPerEpoch = wholeNumber(json, "batches_per_epoch");
        threads = wholeNumber(json, "threads");
        if (const int first = wholeNumber(json, "first_epoch"); first > 0)
            dropFrom(epochs, first);
    } else if (type == "epoch") {
        EpochMetrics metrics = epochFrom(json);
        if (metrics.epoch < 1)
            return;
        dropFrom(epochs, metrics.epoch);
        epochs.push_back(metrics);
        resumedAfter.erase(resumedAfter.lower_bound(metrics.epoch), resumedAfter.end());
        patience = {wholeNumber(json, "patience_used"), wholeNumber(json, "patience"), text(json, "monitor")};
        if (const int best = wholeNumber(json, "best_epoch"); best > 0)
            bestEpoch = best;
    } else if (type == "note" && json.contains("paused")) {
        paused = json["paused"] == true;
    } else if (const std::optional<bool> stops = stopsAfterEpochIn(json)) {
        stopsAfterEpoch = *stops;
    } else if (type == "note" || type == "resumed" || type == "edit") {
        if (std::string message = text(json, "message"); !message.empty())
            notes.push_back(std::move(message));
        if (std::optional<RecordedEdit> edit = editOf(json)) {
            patience.edit(edit->changes);
            edits.push_back(std::move(*edit));
        }
        if (type == "resumed" && wholeNumber(json, "batch") == 0)
            resumedAfter.insert(wholeNumber(json, "epoch"));
    } else if (type == "run_ended") {
        outcome = text(json, "outcome");
        reason = text(json, "reason");
        if (const int best = wholeNumber(json, "best_epoch"); best > 0)
            bestEpoch = best;
    }
}

std::optional<RecordedEdit> editOf(const Json& event) {
    if (!event.is_object() || text(event, "type") != "edit" || !event.contains("changes") ||
        !event["changes"].is_object())
        return {};
    return RecordedEdit{{wholeNumber(event, "epoch"), wholeNumber(event, "batch")}, event["changes"]};
}

std::optional<bool> stopsAfterEpochIn(const Json& event) {
    const Json stops = event.is_object() ? event.value("stops_after_epoch", Json()) : Json();
    return stops.is_boolean() ? std::optional(stops.get<bool>()) : std::nullopt;
}

std::vector<RecordedEdit> readRunEdits(const std::filesystem::path& file) {
    constexpr std::string_view kEdit = "{\"type\":\"edit\",";
    std::vector<RecordedEdit> edits;
    std::ifstream stream(file, std::ios::binary);
    std::string line;
    while (std::getline(stream, line)) {
        if (line.size() > (1u << 20) || line.compare(0, kEdit.size(), kEdit) != 0)
            continue;
        const auto json = parseJson(line, file.string());
        if (std::optional<RecordedEdit> edit = json ? editOf(*json) : std::nullopt)
            edits.push_back(std::move(*edit));
    }
    return edits;
}

RunEvents readRunEvents(const std::filesystem::path& file) {
    RunEvents events;
    std::ifstream stream(file, std::ios::binary);
    std::string line;
    while (std::getline(stream, line)) {
        if (line.size() > (1u << 20) || line.compare(0, 16, "{\"type\":\"batch\",") == 0)
            continue;
        const auto json = parseJson(line, file.string());
        if (json && json->is_object())
            events.add(*json);
    }
    return events;
}

} // namespace sightline
