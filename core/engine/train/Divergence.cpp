// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Divergence.h"

#include <torch/types.h>

#include <cmath>

#include "store/RunFork.h"

namespace sightline::engine {

namespace {

constexpr const char* kAdvice = "; try a smaller learning rate. The last good checkpoint is kept.";

std::string inEpoch(int epoch) {
    return " in epoch " + std::to_string(epoch);
}

/// What there is to go on from instead.
std::string adviceAfter(const RunFolder& run, RunPlace checkpoint) {
    const std::string earlier = pointsBefore(run, checkpoint).words();
    return ", in the first batch after the checkpoint; " +
           (earlier.empty() ? std::string() : "fork " + earlier + ", or ") +
           "train again, with a smaller learning rate.";
}

} // namespace

Ending lossDiverged(double loss, const TrainSetup& setup, RunPlace place, bool first) {
    return failed({"The loss became " + std::string(std::isnan(loss) ? "not a number" : "infinite") +
                   inEpoch(place.epoch) +
                   (first ? adviceAfter(*setup.folder, {place.epoch, place.batch - 1}) : std::string(kAdvice))});
}

Ending weightsDiverged(int epoch) {
    return failed({"The weights became infinite or not a number" + inEpoch(epoch) + kAdvice});
}

} // namespace sightline::engine
