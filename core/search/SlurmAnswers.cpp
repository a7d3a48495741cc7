// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include "search/Slurm.h"

namespace sightline {

namespace {

/// States in which a task is over; all others, later versions' too, may still come to something.
constexpr std::array kOver{"BOOT_FAIL", "CANCELLED",     "COMPLETED", "DEADLINE", "FAILED",
                           "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED",  "TIMEOUT"};

const Json& part(const Json& object, const char* key) {
    static const Json absent;
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found == object.end() ? absent : *found;
}

/// 5, or since 23.02 { "set": true, "infinite": false, "number": 5 }.
std::optional<std::int64_t> numberIn(const Json& value) {
    if (value.is_object())
        return part(value, "set") == Json(true) && part(value, "infinite") != Json(true)
                   ? numberIn(part(value, "number"))
                   : std::nullopt;
    if (!value.is_number_integer() || value < 0 || value > 0xfffffffe)
        return std::nullopt;
    return value.get<std::int64_t>();
}

/// "RUNNING", or since 23.11 ["COMPLETED", "COMPLETING"].
std::vector<std::string> statesIn(const Json& value) {
    std::vector<std::string> states;
    for (const Json& one : value.is_array() ? value : Json::array({value}))
        if (one.is_string() && !one.get_ref<const std::string&>().empty())
            states.push_back(one.get<std::string>());
    return states;
}

bool isOver(const std::string& state) {
    return std::find(kOver.begin(), kOver.end(), state) != kOver.end();
}

std::optional<SlurmTask> taskIn(const Json& record) {
    const Json& array = part(record, "array"); // sacct's
    std::optional<std::int64_t> job = numberIn(part(record, array.is_object() ? "job_id" : "array_job_id"));
    if (const std::optional<std::int64_t> ofArray = numberIn(part(array, "job_id")); ofArray && *ofArray > 0)
        job = ofArray;
    if (!job || *job == 0) // no array
        job = numberIn(part(record, "job_id"));
    const Json& state = part(record, "state");
    const std::vector<std::string> states =
        statesIn(state.is_object() ? part(state, "current") : part(record, "job_state"));
    if (!job || *job == 0 || states.empty())
        return std::nullopt;
    SlurmTask task;
    task.job = std::to_string(*job);
    if (const auto index =
            numberIn(part(array.is_object() ? array : record, array.is_object() ? "task_id" : "array_task_id"));
        index && *index < 4194304) // NO_VAL and above: none
        task.index = static_cast<int>(*index);
    task.state = shown(states.front());
    task.isAlive = !std::all_of(states.begin(), states.end(), isOver);
    const Json& reason = state.is_object() ? part(state, "reason") : part(record, "state_reason");
    if (reason.is_string() && reason != Json("None"))
        task.reason = shown(reason.get<std::string>());
    return task;
}

} // namespace

Result<std::vector<SlurmTask>> slurmTasksIn(std::string_view text) {
    const Result<Json> json = parseJson(text, "the answer");
    if (!json)
        return json.error();
    const Json& records = part(*json, "jobs");
    if (!records.is_array())
        return Error{"The answer has no list of jobs."};
    std::vector<SlurmTask> tasks;
    for (const Json& record : records)
        if (std::optional<SlurmTask> task = taskIn(record))
            tasks.push_back(std::move(*task));
    return tasks;
}

std::optional<std::string> slurmJobIn(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
        text.remove_suffix(1);
    if (const std::size_t line = text.rfind('\n'); line != std::string_view::npos) // a site's own words come before
        text.remove_prefix(line + 1);
    const std::string_view id = text.substr(0, text.find(';'));
    if (id.empty() || id.size() > 18 || id == "0" ||
        !std::all_of(id.begin(), id.end(), [](unsigned char letter) { return std::isdigit(letter); }))
        return std::nullopt;
    return std::string(id);
}

} // namespace sightline
