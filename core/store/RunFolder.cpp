// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunFolder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "experiment/EditFold.h"
#include "store/HistoryCsv.h"
#include "store/RunEvents.h"
#include "store/RunFork.h"
#include "store/RunImport.h"
#include "store/SettingsDifference.h"
#include "support/FileCalls.h"
#include "support/Files.h"
#include "support/FolderFlush.h"

namespace sightline {

namespace {

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

} // namespace

Result<Experiment> RunFolder::experimentAtStart() const {
    return readExperiment(m_folder / "experiment.json");
}

Result<Experiment> RunFolder::experiment() const {
    Result<Experiment> experiment = experimentAtStart();
    if (experiment)
        experiment = withEdits(*experiment, readRunEdits(m_folder / "events.jsonl"));
    if (!experiment)
        return experiment;
    const std::optional<DataPlace> place = readDataPlace(m_folder);
    if (place)
        experiment->data.path = place->path;
    if (DepthSettings& depth = experiment->data.pixels.depth; depth.kind == DepthSettings::Kind::Auto)
        depth = place ? place->depth : DepthSettings::full(); // what it was when the run began
    return experiment;
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
    const Result<ChosenCheckpoint> chosen = chooseCheckpoint(m_folder, which);
    return chosen ? Result<std::filesystem::path>(chosen->file) : chosen.error();
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
    const FileCalls& calls = fileCalls();
    const int descriptor = calls.open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (descriptor < 0)
        return Error{"Writing " + file.string() + " failed: " + std::strerror(errno) + "."};
    std::string line = toText(event, -1) + "\n";
    struct stat status {};
    char end = '\n';
    const bool isNew = ::fstat(descriptor, &status) == 0 && status.st_size == 0;
    if (status.st_size > 0 && ::pread(descriptor, &end, 1, status.st_size - 1) == 1 && end != '\n')
        line.insert(0, "\n"); // a killed process left half a line
    int failure = writeAll(descriptor, line);
    if (failure == 0 && calls.fsync(descriptor) != 0) // a checkpoint may follow that builds upon it
        failure = errno;
    if (isNew && failure == 0)
        failure = flushFolder(m_folder);
    calls.close(descriptor);
    if (failure != 0)
        return Error{"Writing " + file.string() + " failed: " + std::strerror(failure) + "."};
    return {};
}

std::uintmax_t RunFolder::bytes() const {
    std::uintmax_t sum = 0;
    std::error_code code;
    for (std::filesystem::recursive_directory_iterator entry(m_folder, code), end; !code && entry != end;
         entry.increment(code)) {
        std::error_code gone; // a checkpoint that is being replaced
        if (const std::uintmax_t size = entry->is_regular_file(gone) ? entry->file_size(gone) : 0; !gone)
            sum += size;
    }
    return sum;
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
    if (const auto experiment = experimentToTrain(*this)) {
        summary.name = experiment->name;
        summary.network = experiment->model.graph.is_null() ? experiment->model.name : "own graph";
        summary.dataPath = experiment->data.path;
        summary.plannedEpochs = isImported(m_folder) ? 0 : experiment->training.epochs;
        summary.settings = wholeSettings(*experiment);
    } else if (summary.reason.empty()) {
        summary.reason = experiment.error().message;
    }
    const RunAbout about = this->about();
    summary.note = about.note;
    summary.tags = about.tags;
    summary.starred = about.starred;
    summary.archived = about.archived;
    summary.group = readGroup(m_folder);
    if (const std::optional<RunParent> parent = parentOf(*this))
        summary.parent = parent->run;
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
        summary.lastValLoss = epoch.valLoss;
        summary.lastValAccuracy = epoch.valAccuracy;
    }
    return summary;
}

} // namespace sightline
