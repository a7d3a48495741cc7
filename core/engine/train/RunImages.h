// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/train/TrainSetup.h"

namespace sightline::engine {

/// Opens the images of a run that begins or goes on into `setup`, and says in its notes what a person should know of
/// them. A new run gets the manifest of what it will be trained on; one that goes on sees its own images alone, in its
/// own order.
Result<void> openRunImages(const TrainRequest& request, std::stop_token stop, TrainSetup& setup);

} // namespace sightline::engine
