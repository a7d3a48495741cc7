// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/ForkHistory.h"

#include <algorithm>
#include <fstream>
#include <vector>

#include "experiment/EditFold.h"
#include "store/RunEvents.h"

namespace sightline {

namespace {

/// A line of a run's events; `edit` where it is one.
struct Line {
    std::string text;
    std::optional<RecordedEdit> edit;
};

bool isEpoch(const std::string& line) {
    return line.starts_with("{\"type\":\"epoch\",");
}
bool isEdit(const std::string& line) {
    return line.starts_with("{\"type\":\"edit\",");
}

std::vector<Line> linesUpTo(const RunFolder& run, RunPlace place) {
    std::vector<Line> lines;
    std::ifstream stream(run.path() / "events.jsonl", std::ios::binary);
    std::string text;
    while (std::getline(stream, text)) {
        if (!isEdit(text) && !isEpoch(text) && !text.starts_with("{\"type\":\"learning_rate\","))
            continue;
        const Result<Json> event = parseJson(text, "events.jsonl");
        if (!event || !event->value("epoch", Json()).is_number_integer())
            continue;
        std::optional<RecordedEdit> edit = editOf(*event);
        const bool isUpTo = edit ? edit->place <= place : !isEdit(text) && (*event)["epoch"] < place.epoch;
        if (isUpTo)
            lines.push_back({text, std::move(edit)});
    }
    return lines;
}

Result<Json> settingsAfter(const std::vector<Line>& lines, const Result<Experiment>& began) {
    std::vector<RecordedEdit> edits;
    for (const Line& line : lines)
        if (line.edit)
            edits.push_back(*line.edit);
    const Result<Experiment> experiment = began ? withEdits(*began, edits) : began;
    return experiment ? Result<Json>(changeableSettings(*experiment)) : experiment.error();
}

void restartPatience(std::vector<Line>& lines) {
    const auto last = std::find_if(lines.rbegin(), lines.rend(), [](const Line& line) { return isEpoch(line.text); });
    Result<Json> epoch = last == lines.rend() ? Result<Json>(Json()) : parseJson(last->text, "events.jsonl");
    if (!epoch || !epoch->is_object())
        return;
    (*epoch)["patience_used"] = 0;
    last->text = toText(*epoch, -1);
}

} // namespace

Result<std::string> eventsUpTo(const RunFolder& parent, RunPlace place, const Experiment& then, bool stoppedEarly) {
    const Result<Experiment> began = parent.experimentAtStart();
    const Json wanted = changeableSettings(then);
    std::vector<Line> lines = linesUpTo(parent, place);
    if (stoppedEarly)
        restartPatience(lines);
    Result<Json> settings = settingsAfter(lines, began);
    while (settings && *settings != wanted) { // edits of this very place may be later than the checkpoint
        const auto last = std::find_if(lines.rbegin(), lines.rend(),
                                       [&](const Line& line) { return line.edit && line.edit->place == place; });
        if (last == lines.rend())
            break;
        lines.erase(std::next(last).base());
        settings = settingsAfter(lines, began);
    }
    if (!settings)
        return settings.error();
    std::string text;
    for (const Line& line : lines)
        text += line.text + "\n";
    Json changes = Json::object(); // the run went back, and what it did before that was undone
    for (const auto& [path, value] : wanted.items())
        if ((*settings)[path] != value)
            changes[path] = Json::array({(*settings)[path], value});
    if (changes.empty())
        return text;
    // Before the checkpoint, whose learning rate is the one in effect.
    const RunPlace before = place.batch > 0 ? RunPlace{place.epoch, place.batch - 1} : RunPlace{place.epoch - 1, 0};
    return text +
           toText(Json{{"type", "edit"}, {"epoch", before.epoch}, {"batch", before.batch}, {"changes", changes}}, -1) +
           "\n";
}

bool hasOwnHistory(const RunFolder& fork) {
    std::ifstream stream(fork.path() / "events.jsonl", std::ios::binary);
    std::string line;
    bool hasBegun = false; // what comes before is the parent's
    while (std::getline(stream, line)) {
        if (hasBegun && (isEdit(line) || isEpoch(line) || line.starts_with("{\"type\":\"checkpoint\",")))
            return true;
        hasBegun = hasBegun || line.starts_with("{\"type\":\"run_started\",");
    }
    return false;
}

} // namespace sightline
