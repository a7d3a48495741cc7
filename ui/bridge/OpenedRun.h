// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/Dataset.h"
#include "engine/TrainEvents.h"
#include "experiment/RunEdit.h"
#include "network/GraphSpec.h"
#include "store/Patience.h"
#include "store/RunEventsTail.h"
#include "store/RunMark.h"

namespace sightline::ui {

/// The run another one was forked from.
struct ParentRun {
    std::string run;                   ///< id
    int epoch = 0;                     ///< finished where the fork begins
    std::vector<EpochMetrics> history; ///< all of it, also what came after; empty where the run is gone
};

/// Which run: what a run was trained as, read once from its folder and never changed. Questions and answers carry it,
/// so that none is taken for another run's; two are the same run where the pointers are equal.
struct OpenedRun {
    std::filesystem::path folder;
    Experiment experiment;            ///< as it was when it was opened; RunProgress has it as it is now
    GraphSpec graph;                  ///< the network that was trained; no nodes where its file is gone
    std::vector<std::string> classes; ///< in the order of the network's outputs
    std::optional<ParentRun> parent;  ///< of a fork

    /// Whether its classes and its network are known. A run that is only beginning has not written them.
    bool isWhole() const { return !classes.empty() && !graph.nodes.empty(); }
    int classIndex(const std::string& name) const; ///< -1: the run has no such class
    /// The run's class for a label of an open data set, by name: the two may count differently.
    int classOf(const Dataset& dataset, int label) const;
};

/// What becomes of a run while it is in view: it grows as the run goes on.
struct RunProgress {
    std::vector<EpochMetrics> history;
    std::vector<LearningRateChanged> learningRateChanges;
    std::vector<std::string> notes;  ///< what was said on the way: a skipped image, a new classifier
    std::vector<RecordedEdit> edits; ///< settings changed while it ran, in their order; those of pinned images alone
                                     ///< are none: they change nothing that is trained
    Experiment experiment;           ///< in effect now: with its edits
    int batchesPerEpoch = 0;         ///< 0: not known
    int bestEpoch = 0;
    Patience patience = {};        ///< of early stopping
    std::optional<RunEnded> ended; ///< absent while it runs
};

inline constexpr const char* kProbes = "training.probes";
/// Whether it pins images and does nothing else.
bool isOfProbesOnly(const RecordedEdit& edit);

/// Where the learning rate was reduced, as far as the epochs show it; a schedule changes it all the time and needs no
/// mark.
std::vector<LearningRateChanged> rateChanges(const Experiment& experiment, const std::vector<EpochMetrics>& history);

/// A run's folder as it stands. Reads files: not for the window's thread.
struct ReadRun {
    /// A run that another program trains, and what its events have told so far.
    struct Elsewhere {
        RunOwner owner;
        RunEventsTail events;
        bool paused = false, stopsAfterEpoch = false;
    };
    std::shared_ptr<const OpenedRun> run;
    RunProgress progress;
    std::optional<Elsewhere> elsewhere = {};
};
Result<ReadRun> readRun(const std::filesystem::path& home, const std::string& idOrFolder);
/// The same run with what it has written of its classes and its network since; null while they are not there. Reads
/// files.
std::shared_ptr<const OpenedRun> readRest(const OpenedRun& run);
/// The run that has just begun, or goes on: `started` and `asked` stand in for files that are not there.
ReadRun readBegun(const RunStarted& started, const Experiment& asked);

} // namespace sightline::ui
