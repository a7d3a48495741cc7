// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunFolder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>

#include "store/HistoryCsv.h"
#include "store/RunEvents.h"
#include "support/Files.h"

namespace sightline {

namespace {

std::string firstLine(const std::string& file) {
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    return line;
}

/// Names a process beyond reuse of its number: boot, number, start time; empty where it does not live.
std::string processMark(long number) {
    const std::string status = firstLine("/proc/" + std::to_string(number) + "/stat");
    auto place = status.rfind(')'); // the program's name may hold anything
    if (place == std::string::npos)
        return {};
    for (int field = 0; field < 20 && place != std::string::npos; ++field) // to starttime, field 22
        place = status.find(' ', place + 1);
    if (place == std::string::npos)
        return {};
    const std::string start = status.substr(place + 1, status.find(' ', place + 1) - place - 1);
    return firstLine("/proc/sys/kernel/random/boot_id") + " " + std::to_string(number) + " " + start;
}

/// 20260131-142530-ab12 as 2026-01-31T14:25:30Z; empty for a folder named otherwise.
std::string timeOfId(const std::string& id) {
    if (id.size() < 15 || id[8] != '-')
        return {};
    for (std::size_t i = 0; i < 15; ++i)
        if (i != 8 && (id[i] < '0' || id[i] > '9'))
            return {};
    return id.substr(0, 4) + "-" + id.substr(4, 2) + "-" + id.substr(6, 2) + "T" + id.substr(9, 2) + ":" +
           id.substr(11, 2) + ":" + id.substr(13, 2) + "Z";
}

Result<std::filesystem::path> existing(const std::filesystem::path& file, const std::string& absent) {
    std::error_code code;
    if (std::filesystem::is_regular_file(file, code))
        return file;
    return badInput(absent);
}

} // namespace

Result<Experiment> RunFolder::experiment() const {
    return readExperiment(m_folder / "experiment.json");
}

Result<std::vector<std::string>> RunFolder::classes() const {
    const auto json = readJsonFile(m_folder / "classes.json");
    if (!json)
        return json.error();
    std::vector<std::string> names;
    if (json->is_array())
        for (const Json& name : *json)
            if (name.is_string())
                names.push_back(name.get<std::string>());
    if (!json->is_array() || names.empty() || names.size() != json->size())
        return badInput((m_folder / "classes.json").string() + " is not a list of class names.");
    return names;
}

Result<Json> RunFolder::graph() const {
    return readJsonFile(m_folder / "graph.json");
}

Result<std::vector<EpochMetrics>> RunFolder::history() const {
    return readRunEvents(m_folder / "events.jsonl").epochs;
}

Result<std::filesystem::path> RunFolder::checkpoint(const std::string& which) const {
    const auto folder = m_folder / "checkpoints";
    const auto last = folder / "last.safetensors";
    std::error_code missing;
    if (const auto restored = folder / "restored.safetensors";
        which == "last" && std::filesystem::is_regular_file(restored, missing))
        return restored; // what early stopping ended with
    if (which == "last")
        return existing(last, "The run " + id() + " has no checkpoint yet (" + last.string() + " is missing).");
    if (which == "best") {
        const auto best = folder / "best.safetensors";
        std::error_code code;
        return std::filesystem::is_regular_file(best, code) ? Result<std::filesystem::path>(best) : checkpoint("last");
    }
    if (which.empty() || which.size() > 6 || which.find_first_not_of("0123456789") != std::string::npos)
        return badInput("The checkpoint " + which + " is not best, last or the number of an epoch.");
    const std::string number = std::to_string(std::stoi(which));
    const auto file =
        folder / ("epoch-" + std::string(number.size() < 4 ? 4 - number.size() : 0, '0') + number + ".safetensors");
    return existing(file, "The run " + id() + " has no checkpoint of epoch " + number + "; use best or last.");
}

Result<void> RunFolder::writeExperiment(const Experiment& experiment) const {
    return writeFileAtomically(m_folder / "experiment.json", toText(toJson(experiment)) + "\n");
}

Result<void> RunFolder::writeClasses(const std::vector<std::string>& classes) const {
    return writeFileAtomically(m_folder / "classes.json", toText(Json(classes)) + "\n");
}

Result<void> RunFolder::writeGraph(const Json& graph) const {
    return writeFileAtomically(m_folder / "graph.json", toText(graph) + "\n");
}

Result<void> RunFolder::writeHistory(const std::vector<EpochMetrics>& history) const {
    return writeFileAtomically(m_folder / "history.csv", historyCsv(history));
}

Result<void> RunFolder::appendEvent(const Json& event) const {
    const auto file = m_folder / "events.jsonl";
    const std::string type = event.value("type", "");
    if (type == "run_started") {
        const Json mark{{"process", processMark(getpid())}, {"number", getpid()}};
        if (const auto written = writeFileAtomically(m_folder / "running.json", toText(mark) + "\n"); !written)
            return written;
    }
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (descriptor < 0)
        return Error{"Writing " + file.string() + " failed: " + std::strerror(errno) + "."};
    std::string line = toText(event, -1) + "\n";
    struct stat status {};
    char end = '\n';
    if (::fstat(descriptor, &status) == 0 && status.st_size > 0 &&
        ::pread(descriptor, &end, 1, status.st_size - 1) == 1 && end != '\n')
        line.insert(0, "\n"); // a killed process left half a line
    const ssize_t written = ::write(descriptor, line.data(), line.size());
    const int failure = written == static_cast<ssize_t>(line.size()) ? 0 : (written < 0 ? errno : ENOSPC);
    ::close(descriptor);
    if (type == "run_ended") { // also where the disk is too full to say so: nothing is in progress any more
        std::error_code code;
        std::filesystem::remove(m_folder / "running.json", code);
    }
    return failure == 0 ? Result<void>()
                        : Error{"Writing " + file.string() + " failed: " + std::strerror(failure) + "."};
}

RunFolder::About RunFolder::about() const {
    About about;
    const auto json = readJsonFile(m_folder / "about.json");
    if (json && json->is_object()) {
        if (const auto name = json->find("name"); name != json->end() && name->is_string())
            about.name = name->get<std::string>();
        if (const auto note = json->find("note"); note != json->end() && note->is_string())
            about.note = note->get<std::string>();
    }
    return about;
}

Result<void> RunFolder::writeAbout(const About& about) const {
    return writeFileAtomically(m_folder / "about.json",
                               toText(Json{{"name", about.name}, {"note", about.note}}) + "\n");
}

bool RunFolder::isRunning() const {
    const auto json = readJsonFile(m_folder / "running.json");
    if (!json || !json->is_object())
        return false;
    const auto mark = json->find("process");
    const auto number = json->find("number");
    if (mark == json->end() || !mark->is_string() || number == json->end() || !number->is_number_integer())
        return false;
    const std::string living = processMark(number->get<long>());
    return !living.empty() && living == mark->get<std::string>();
}

RunSummary RunFolder::summary() const {
    RunSummary summary;
    summary.id = id();
    summary.folder = m_folder;
    summary.created = timeOfId(summary.id);
    // The mark is read before the events: a run that ends in between is then seen as ended.
    const bool running = isRunning();
    const RunEvents events = readRunEvents(m_folder / "events.jsonl");
    summary.state = !events.outcome.empty() ? events.outcome : running ? "running" : "interrupted";
    summary.reason = events.reason;
    if (const auto experiment = this->experiment()) {
        summary.name = experiment->name;
        summary.network = experiment->model.graph.is_null() ? experiment->model.name : "own graph";
        summary.dataPath = experiment->data.path;
        summary.plannedEpochs = experiment->training.epochs;
    } else if (summary.reason.empty()) {
        summary.reason = experiment.error().message;
    }
    const About about = this->about();
    summary.note = about.note;
    if (!about.name.empty())
        summary.name = about.name;
    if (summary.name.empty())
        summary.name = summary.id;
    summary.epochs = events.epochs.empty() ? 0 : events.epochs.back().epoch;
    summary.bestEpoch = events.bestEpoch;
    for (const EpochMetrics& epoch : events.epochs) {
        if (epoch.valAccuracy && !std::isnan(*epoch.valAccuracy))
            summary.bestValAccuracy =
                std::max(*epoch.valAccuracy, summary.bestValAccuracy.value_or(*epoch.valAccuracy));
        if (epoch.valLoss && !std::isnan(*epoch.valLoss))
            summary.bestValLoss = std::min(*epoch.valLoss, summary.bestValLoss.value_or(*epoch.valLoss));
        summary.lastLoss = epoch.loss;
        summary.lastAccuracy = epoch.accuracy;
    }
    return summary;
}

} // namespace sightline
