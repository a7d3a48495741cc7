// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/train/TrainSetup.h"

namespace sightline::engine {

/// The module of the setup's experiment, with the weights that it begins with (a run that goes on has its own), and how
/// it is stepped; what of the network is left to chance is among the notes. Errors: there is no such network; its
/// weights cannot be used.
Result<void> buildNetwork(TrainSetup& setup, const std::filesystem::path& home, const std::stop_token& stop);

} // namespace sightline::engine
