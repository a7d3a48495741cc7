// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>

#include "engine/train/TrainSetup.h"

namespace sightline::engine {

/// Makes the folder of a new run, with its manifest and all else that stays as the run began, and marks it as in
/// progress. The images are read before: where that is stopped or fails there is no folder.
Result<void> makeRun(TrainSetup& setup, const std::optional<RunGroup>& group, const std::stop_token& stop);

/// Removes the folder of a run that did not come to its start: it is none that anybody could go on with. Error: it is
/// still there.
Result<void> unmakeRun(TrainSetup& setup);

} // namespace sightline::engine
