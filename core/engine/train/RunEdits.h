// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/train/TrainSetup.h"
#include "engine/train/TrainState.h"

namespace sightline::engine {

/// What other settings ask of a run in progress, beside what is done at once.
struct EditEffect {
    bool feeds = false; ///< images are read in another way: feeds are to be opened again
    bool plan = false;  ///< what is frozen, or its rates
};

/// Whether a run that stands at `state` can go on with another experiment; changes nothing. Errors: the settings do not
/// fit its images, its network or what it has trained already.
Result<void> mayGoOnWith(const Experiment& next, const TrainSetup& setup, const TrainState& state);

/// The other experiment takes effect in the setup, the module and the state; `changes` { PATH: [old, new] } are what
/// differs.
EditEffect goOnWith(const Experiment& next, const Json& changes, TrainSetup& setup, TrainState& state);

/// "Changed: training.epochs from 3 to 5; ...", with the event that a run keeps.
RunNote noteOfEdit(const Json& changes, RunPlace place);

} // namespace sightline::engine
