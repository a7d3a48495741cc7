// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "experiment/Experiment.h"

namespace sightline {

/// A setting as a person gives it: a JSON path and its new value (JSON, else a word).
struct Setting {
    std::string path, value;
};

/// Whether a setting may change while a run is under way, or when it goes on (CLI.md, Steering).
bool mayChange(std::string_view path);

/// The value in effect at a path of an experiment's document ("training.epochs"), also where it is left out; null where
/// there is none: what is off, or has its default inside a network.
Json settingIn(const Json& document, std::string_view path);

/// The values of all settings that may change, { PATH: value }: what is in effect, also where an experiment's document
/// leaves it out; null where there is none.
Json changeableSettings(const Experiment& experiment);

/// An experiment after a change, and what changed: { PATH: [old, new] }, empty where nothing did.
struct EditedExperiment {
    Experiment experiment;
    Json changes = Json::object();
};
/// All settings or none. Errors name the setting: it may not change in a run, there is none of that name, or its value
/// is impossible.
Result<EditedExperiment> edited(const Experiment& now, const std::vector<Setting>& settings);

/// The changes of an earlier edit (an event of the run) made again.
Result<Experiment> withChanges(const Experiment& experiment, const Json& changes);

/// Where in a run something is: after so many batches of an epoch (from 1).
struct RunPlace {
    int epoch = 1, batch = 0;
    auto operator<=>(const RunPlace&) const = default;
};

/// An edit as a run's events tell of it: it holds from the next batch on.
struct RecordedEdit {
    RunPlace place;
    Json changes; ///< { PATH: [old, new] }
};

/// Of a run's edits, in their order, those that a run which goes on from `place` has yet to make again, by place. A
/// later edit of the same setting for an earlier place, made after the run had gone back, takes their place.
std::vector<RecordedEdit> editsAfter(const std::vector<RecordedEdit>& edits, RunPlace place);

} // namespace sightline
