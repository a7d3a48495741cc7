// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiment/Experiment.h"
#include "metrics/Metrics.h"
#include "store/RunAbout.h"
#include "store/RunCheckpoint.h"
#include "store/RunMark.h"
#include "store/RunSummary.h"
#include "store/SampleManifest.h"

namespace sightline {

/// The folder of one run (DESIGN section 6): experiment.json, history.csv, events.jsonl, checkpoints/, predictions/,
/// log.txt. The folder is the truth.
class RunFolder {
public:
    explicit RunFolder(std::filesystem::path folder) : m_folder(std::move(folder)) {}
    const std::filesystem::path& path() const { return m_folder; }
    std::string id() const { return m_folder.filename().string(); }

    /// As it is now: experiment.json, which stays as the run began, with the run's edits and the place of its images.
    Result<Experiment> experiment() const;
    Result<Experiment> experimentAtStart() const;
    /// Class names in network order, image size and the graph as trained: classes.json and graph.json.
    Result<std::vector<std::string>> classes() const;
    Result<Json> graph() const;
    /// What it was trained on; nothing for a run of an older version. Errors: as readManifest().
    Result<std::optional<SampleManifest>> manifest() const { return readManifest(m_folder); }
    /// Parsed from events.jsonl, so that nothing is lost to formatting; an unfinished last line is left out.
    Result<std::vector<EpochMetrics>> history() const;
    /// What the person wrote: about.json, whose name wins over the experiment's.
    RunAbout about() const { return readAbout(m_folder); }
    Result<void> writeAbout(const RunAbout& about) const { return sightline::writeAbout(m_folder, about); }
    /// Bytes of all its files.
    std::uintmax_t bytes() const;
    /// Whether a process writes to this run now, here or on another host.
    bool isRunning() const { return ownerOf(m_folder).has_value(); }
    /// Name, state and figures from what is there; never fails, missing files leave their fields empty.
    RunSummary summary() const;
    /// A file of checkpoints/: chooseCheckpoint() without its note.
    Result<std::filesystem::path> checkpoint(const std::string& which) const;

    Result<void> writeExperiment(const Experiment& experiment) const;
    Result<void> writeClasses(const std::vector<std::string>& classes) const;
    Result<void> writeGraph(const Json& graph) const;
    /// One line of events.jsonl, written in one call; after a torn line it begins a new one.
    Result<void> appendEvent(const Json& event) const;
    /// Keras' CSVLogger (SPEC 5.4): sorted columns, epoch from 0, \r\n, Python's repr of the float32 value. Rewritten
    /// atomically.
    Result<void> writeHistory(const std::vector<EpochMetrics>& history) const;

private:
    std::filesystem::path m_folder;
};

} // namespace sightline
