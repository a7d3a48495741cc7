// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/StudyJournal.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <set>

#include "search/JournalFile.h"

namespace sightline {

namespace {

// Optuna's numbers (optuna/storages/journal/_storage.py, JournalOperation, and TrialState).
enum Operation {
    CreateStudy,
    DeleteStudy,
    SetStudyUserAttribute,
    SetStudySystemAttribute,
    CreateTrial,
    SetTrialParameter,
    SetTrialState,
    SetTrialReport,
    SetTrialUserAttribute,
    SetTrialSystemAttribute
};
constexpr std::array kStates{SearchTrial::State::Running, SearchTrial::State::Complete, SearchTrial::State::Pruned,
                             SearchTrial::State::Failed};
constexpr int kWaiting = 4;

const Json& part(const Json& object, const char* key) {
    static const Json absent;
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found == object.end() ? absent : *found;
}

std::optional<int> whole(const Json& value) {
    return value.is_number_integer() && value >= 0 && value <= 100000000 ? std::optional(value.get<int>())
                                                                         : std::nullopt;
}

std::string text(const Json& value) {
    return value.is_string() ? value.get<std::string>() : std::string();
}

/// Follows a journal line by line. Each function gives false for a line that lacks something.
class Replay {
public:
    bool apply(const Json& line, Study& study);

private:
    bool createStudy(const Json& line, Study& study);
    bool createTrial(const Json& line, Study& study);
    bool setState(const Json& line, SearchTrial& trial);
    void setAttribute(const Json& attributes, SearchTrial& trial);
    bool updateTrial(int operation, const Json& line, Study& study);

    int m_studies = 0;
    std::vector<int> m_numbers; ///< by journal id; -1: of another study
    std::set<int> m_unknown;    ///< operations that were said
};

bool Replay::createStudy(const Json& line, Study& study) {
    const Json& directions = part(line, "directions");
    if (!part(line, "study_name").is_string() || !directions.is_array() || directions.empty())
        return false;
    if (m_studies++ > 0)
        study.notes.push_back("The journal has another study, " + shown(text(line["study_name"])) +
                              ", which is ignored.");
    study.hasBegun = true;
    return true;
}

void Replay::setAttribute(const Json& attributes, SearchTrial& trial) {
    if (const Json& runs = part(attributes, "runs"); runs.is_array()) {
        trial.runs.clear();
        for (const Json& run : runs)
            trial.runs.push_back(text(run));
    }
    if (const Json& values = part(attributes, "values"); values.is_array()) {
        trial.values.clear();
        for (const Json& value : values)
            if (value.is_number())
                trial.values.push_back(value.get<double>());
    }
    if (const Json& figures = part(attributes, "figures"); figures.is_object())
        for (const auto& [name, value] : figures.items())
            if (value.is_number())
                trial.figures[name] = value.get<double>();
    if (const Json& task = part(attributes, "task"); task.is_string())
        trial.task = task.get<std::string>();
    if (const Json& error = part(attributes, "error"); error.is_string())
        trial.error = error.get<std::string>();
}

bool Replay::setState(const Json& line, SearchTrial& trial) {
    const std::optional<int> state = whole(part(line, "state"));
    if (!state || *state > kWaiting)
        return false;
    if (*state == kWaiting) {
        trial.state = SearchTrial::State::Failed;
        trial.error = "Another program put it in the queue; only trials of this search are run.";
        return true;
    }
    trial.state = kStates[static_cast<std::size_t>(*state)];
    for (const Json& value : {part(line, "value"), part(line, "values")})
        if (const Json& first = value.is_array() && !value.empty() ? value[0] : value; first.is_number())
            trial.value = first.get<double>();
    if (trial.state != SearchTrial::State::Running)
        trial.ended = text(part(line, "datetime_complete"));
    return true;
}

bool Replay::createTrial(const Json& line, Study& study) {
    const std::optional<int> of = whole(part(line, "study_id"));
    if (!of)
        return false;
    if (*of >= m_studies)
        return true; // Optuna passes over it, too
    if (*of != 0) {
        m_numbers.push_back(-1);
        return true;
    }
    SearchTrial trial;
    trial.number = static_cast<int>(study.trials.size());
    trial.started = text(part(line, "datetime_start"));
    for (const auto& [name, value] : part(line, "params").items())
        if (value.is_number())
            trial.point[name] = value.get<double>();
    setAttribute(part(line, "user_attrs"), trial);
    if (line.contains("state") && !setState(line, trial))
        return false;
    study.journalIds.push_back(static_cast<int>(m_numbers.size()));
    m_numbers.push_back(trial.number);
    study.trials.push_back(std::move(trial));
    return true;
}

bool Replay::updateTrial(int operation, const Json& line, Study& study) {
    const std::optional<int> id = whole(part(line, "trial_id"));
    if (!id)
        return false;
    if (static_cast<std::size_t>(*id) >= m_numbers.size() || m_numbers[static_cast<std::size_t>(*id)] < 0)
        return true;
    SearchTrial& trial = study.trials[static_cast<std::size_t>(m_numbers[static_cast<std::size_t>(*id)])];
    if (trial.state != SearchTrial::State::Running)
        return true; // what has ended does not change
    switch (operation) {
    case SetTrialParameter:
        if (!part(line, "param_name").is_string() || !part(line, "param_value_internal").is_number())
            return false;
        trial.point[text(line["param_name"])] = line["param_value_internal"].get<double>();
        return true;
    case SetTrialState:
        return setState(line, trial);
    case SetTrialReport:
        if (!whole(part(line, "step")) || !part(line, "intermediate_value").is_number())
            return false;
        trial.reports[*whole(line["step"])] = line["intermediate_value"].get<double>();
        return true;
    case SetTrialUserAttribute:
        setAttribute(part(line, "user_attr"), trial);
        return true;
    default:
        return true;
    }
}

bool Replay::apply(const Json& line, Study& study) {
    const Json& operation = part(line, "op_code");
    if (!operation.is_number_integer())
        return false;
    const std::optional<int> code = whole(operation);
    if (code == CreateStudy)
        return createStudy(line, study);
    if (code == CreateTrial)
        return createTrial(line, study);
    if (code && *code >= SetTrialParameter && *code <= SetTrialSystemAttribute)
        return updateTrial(*code, line, study);
    if (code == DeleteStudy && whole(part(line, "study_id")) == 0)
        study.notes.push_back("Another program has deleted the study; its trials are still there.");
    else if ((!code || *code > SetTrialSystemAttribute) && m_unknown.insert(code.value_or(-1)).second)
        study.notes.push_back("The journal is also written by another version: operations with the number " +
                              shown(toText(operation, -1)) + " are ignored.");
    return true;
}

} // namespace

std::string journalTime() {
    using namespace std::chrono;
    const auto now = system_clock::now();
    const std::time_t seconds = system_clock::to_time_t(now);
    const auto rest = duration_cast<microseconds>(now.time_since_epoch()).count() % 1000000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char date[24], all[48];
    std::strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(all, sizeof(all), "%s.%06d+00:00", date, static_cast<int>(rest));
    return all;
}

Result<Study> readStudy(const std::filesystem::path& journal) {
    const Result<JournalLines> read = readJournalLines(journal);
    if (!read)
        return read.error();
    Study study;
    Replay replay;
    for (std::size_t i = 0; i < read->lines.size(); ++i)
        if (!replay.apply(read->lines[i], study))
            return badInput(journal.string() + ": line " + std::to_string(i + 1) +
                            " is no operation of an Optuna journal; remove it, or begin the search again.");
    if (read->isTorn)
        study.notes.push_back("The last line of " + journal.string() + " was not written to its end and is ignored.");
    return study;
}

Json StudyJournal::line(int operation) const {
    return {{"op_code", operation}, {"worker_id", m_worker}};
}

Result<void> StudyJournal::createStudy(const std::string& name, bool maximize) const {
    Json create = line(CreateStudy);
    create["study_name"] = name;
    create["directions"] = Json::array({maximize ? 2 : 1});
    return appendJournalLines(m_file, {create});
}

Result<void> StudyJournal::begin(const SearchTrial& trial, const SearchSpace& space) const {
    Json create = line(CreateTrial);
    create["study_id"] = 0;
    create["datetime_start"] = trial.started;
    create["state"] = 0;
    create["value"] = create["values"] = nullptr;
    create["distributions"] = create["params"] = create["user_attrs"] = create["system_attrs"] =
        create["intermediate_values"] = Json::object();
    for (const auto& [name, value] : trial.point)
        if (const Distribution* distribution = distributionOf(space, name)) {
            create["distributions"][name] = optunaText(*distribution);
            create["params"][name] = value;
        }
    if (!trial.task.empty())
        create["user_attrs"]["task"] = trial.task;
    return appendJournalLines(m_file, {create});
}

Json StudyJournal::attribute(int journalId, const char* key, Json value) const {
    Json set = line(SetTrialUserAttribute);
    set["trial_id"] = journalId;
    set["user_attr"] = {{key, std::move(value)}};
    return set;
}

Result<void> StudyJournal::setRuns(int journalId, const std::vector<std::string>& runs) const {
    return appendJournalLines(m_file, {attribute(journalId, "runs", runs)});
}

Result<void> StudyJournal::setTask(int journalId, const std::string& task) const {
    return appendJournalLines(m_file, {attribute(journalId, "task", task)});
}

Result<void> StudyJournal::report(int journalId, int epoch, double value) const {
    Json set = line(SetTrialReport);
    set["trial_id"] = journalId;
    set["step"] = epoch;
    set["intermediate_value"] = value;
    return appendJournalLines(m_file, {set});
}

Result<void> StudyJournal::end(int journalId, const SearchTrial& trial) const {
    std::vector<Json> lines;
    lines.push_back(attribute(journalId, "runs", trial.runs));
    if (!trial.values.empty())
        lines.push_back(attribute(journalId, "values", trial.values));
    if (!trial.figures.empty())
        lines.push_back(attribute(journalId, "figures", trial.figures));
    if (!trial.error.empty())
        lines.push_back(attribute(journalId, "error", trial.error));
    Json set = line(SetTrialState);
    set["trial_id"] = journalId;
    set["state"] = static_cast<int>(trial.state);
    set["values"] = trial.value ? Json::array({*trial.value}) : Json();
    set["datetime_complete"] = trial.ended;
    lines.push_back(std::move(set));
    return appendJournalLines(m_file, lines);
}

} // namespace sightline
