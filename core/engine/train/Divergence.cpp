// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Divergence.h"

#include <torch/types.h>

#include <cmath>

#include "store/RunCheckpoint.h"
#include "store/RunFork.h"

namespace sightline::engine {

namespace {

std::string inEpoch(int epoch) {
    return " in epoch " + std::to_string(epoch);
}

std::string advice(const TrainSetup& setup) {
    return "; try a smaller learning rate." + keptCheckpoint(setup);
}

/// What there is to go on from instead.
std::string adviceAfter(const RunFolder& run, RunPlace checkpoint) {
    const std::string earlier = pointsBefore(run, checkpoint).words();
    return ", in the first batch after the checkpoint; " +
           (earlier.empty() ? std::string() : "fork " + earlier + ", or ") +
           "train again, with a smaller learning rate.";
}

} // namespace

Ending lossDiverged(double loss, const TrainSetup& setup, RunPlace place, bool first,
                    const std::optional<std::string>& back) {
    const std::string what =
        "The loss became " + std::string(std::isnan(loss) ? "not a number" : "infinite") + inEpoch(place.epoch);
    if (back)
        return failed({what + ", in the first batch after the last checkpoint, which is dropped. Resume the run from " +
                       "the one before it (" + *back + ") with a smaller learning rate."});
    return failed({what + (first ? adviceAfter(*setup.folder, {place.epoch, place.batch - 1}) : advice(setup))});
}

Ending weightsDiverged(int epoch, const TrainSetup& setup) {
    return failed({"The weights became infinite or not a number" + inEpoch(epoch) + advice(setup)});
}

std::string keptCheckpoint(const TrainSetup& setup) {
    if (!setup.folder)
        return {};
    return checkpointToResume(setup.folder->path()) ? " The last good checkpoint is kept."
                                                    : " There is no checkpoint to go back to.";
}

} // namespace sightline::engine
