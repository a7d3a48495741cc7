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

/// A run that may get other settings, and the settings it has.
struct RunAsIs {
    const Experiment& experiment;
    const GraphSpec& graph;
    const Dataset& dataset;
    const RunFolder& folder; ///< knows how it began
    int epochs = 0;          ///< trained or under way
};

/// Whether a run can go on with another experiment; changes nothing. Errors: the settings do not fit its images, its
/// network or what it has trained already.
Result<void> mayGoOnWith(const Experiment& next, const RunAsIs& run);

/// A dropout rate that is changed was the network's own where the experiment named none.
void nameDropout(Json& changes, const GraphSpec& graph);

/// The other experiment takes effect in the setup, the module and the state; `changes` { PATH: [old, new] } are what
/// differs. A dropout that is again what the run began with means each layer's rate as it was built.
EditEffect goOnWith(const Experiment& next, const Json& changes, TrainSetup& setup, TrainState& state);

/// "Changed: training.epochs from 3 to 5; training.loader_threads stays at 2.", with the event that a run keeps.
RunNote noteOfEdit(const Json& changes, RunPlace place);

/// edited(); but the learning rate changes from `rate`, the one in effect, which callbacks may have made another than
/// the settings name. What is named as it is, though an edit of `later` would change it, is a change too: it stays.
Result<EditedExperiment> editedInEffect(const Experiment& now, double rate, const std::vector<Setting>& settings,
                                        const std::vector<RecordedEdit>& later);

} // namespace sightline::engine
