// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/train/TrainSetup.h"

namespace sightline::engine {

/// The folder and the experiment of a run that goes on take the place of the request's, as they were at its checkpoint
/// and with what changes now; a fork that has yet to begin, with the settings it was made with as well. The run is
/// marked as in progress. Errors: there is no such run, it is in progress, or half a fork; its files cannot be read; a
/// setting may not be changed.
Result<void> takeRun(const TrainRequest& request, TrainSetup& setup);

} // namespace sightline::engine
