// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include "engine/train/TrainSetup.h"

namespace sightline::engine {

/// Where the steps get their batches from: images, or with `features` what the module's frozen part makes of them,
/// which may take a while. `note` hears a sentence about it. Errors: as featureSets().
Result<void> openTrainingFeeds(TrainSetup& setup, bool features, std::stop_token stop,
                               const std::function<void(const std::string&)>& note);

} // namespace sightline::engine
