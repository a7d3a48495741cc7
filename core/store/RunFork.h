// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiment/RunEdit.h"
#include "store/RunStore.h"

namespace sightline {

/// The run another one was forked from.
struct RunParent {
    std::string run;                    ///< id
    int epoch = 0;                      ///< finished in the checkpoint it begins with
    std::vector<Setting> settings = {}; ///< that it begins with in place of its parent's
};

/// A checkpoint that a run can be forked from.
struct ForkPoint {
    std::string at;           ///< best | last | an epoch, as forkRun() takes it
    int epoch = 0, batch = 0; ///< finished, and so many batches of the next one
};
/// The latest first. Reads the headers of all checkpoints.
std::vector<ForkPoint> forkPoints(const RunFolder& parent);

/// What of a run's course can be forked from before a place: a fork has of where it begins what its parent kept.
struct EarlierPoints {
    std::string run; ///< id
    std::vector<ForkPoint> points;
    /// "the run ID from epoch 4, epoch 2 or best (epoch 3)"; empty where there are none.
    std::string words() const;
};
EarlierPoints pointsBefore(const RunFolder& run, RunPlace place);

/// What a fork from there begins with. Errors: as forkRun().
struct ForkBeginning {
    int epoch = 0;       ///< finished
    Experiment settings; ///< that the parent had then
};
Result<ForkBeginning> beginningOfFork(const RunFolder& parent, const std::string& at);

/// Makes a run that begins where a checkpoint of `parent` stands: with its weights and state, its images, its history
/// up to there, edits among it, and so the settings it had then; experiment.json is as the parent began. It is trained
/// by resuming it, and the same settings give what the parent went on to; other `settings` are written down with it
/// and take effect whenever that is, but for `name`, which is the fork's own. `parent` may be in progress, in whatever
/// program. `at`: best | last | an epoch whose checkpoint was kept. Errors: there is no such checkpoint, or none that
/// can be gone on from; a setting may not change in a run, or is impossible; a file of the parent is damaged. Where it
/// fails nothing is left; where the process dies on the way half a fork is.
Result<RunFolder> forkRun(RunStore& store, const RunFolder& parent, const std::string& at,
                          const std::vector<Setting>& settings = {});

/// Deletes a fork that did not come to its start, but not where somebody else has trained it meanwhile. Error: it is in
/// progress, here or on another host.
Result<void> unmakeFork(RunStore& store, const RunFolder& fork);

/// Whether the process that made it died before it was done: there is nothing to go on with.
bool isHalfFork(const RunFolder& run);

/// The settings that a fork was made with, until they are recorded as an edit or it has come to anything of its own;
/// empty for other runs.
std::vector<Setting> settingsToBeginWith(const RunFolder& run);
/// A fork that goes on with its parent's after all leaves no edit: the settings are forgotten. Where there are none
/// nothing is written.
Result<void> forgetSettingsToBeginWith(const RunFolder& run);
/// A run's settings with these: what it is trained with when it goes on. Errors: as RunFolder::experiment().
Result<Experiment> experimentToTrain(const RunFolder& run);

/// Makes a run one that was forked from another: an imported network's fork has no checkpoint to go on with.
Result<void> writeParent(const RunFolder& run, const RunParent& parent);
/// Nothing for a run that is no fork.
std::optional<RunParent> parentOf(const RunFolder& run);

} // namespace sightline
