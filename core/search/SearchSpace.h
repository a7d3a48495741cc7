// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support/Json.h"

namespace sightline {

/// What one number of a trial may be, as Optuna's distributions say it: a place in a list of choices, a whole number or
/// a number, even on the scale or on its logarithm.
struct Distribution {
    enum class Kind { Choice, Bool, Int, Float };
    Kind kind = Kind::Choice;
    std::vector<Json> choices; ///< of a choice; false and true of a Bool
    double low = 0, high = 0;  ///< of a number, both included; `high` can be reached from `low` by steps
    double step = 0;           ///< 0: none, every number between
    bool log = false;

    bool isNumber() const { return kind == Kind::Int || kind == Kind::Float; }
    /// How many values there are; 0 where they cannot be counted.
    std::size_t count() const;
    /// The value of place `index` < count(), as a point has it.
    double valueAt(std::size_t index) const;
    /// What a point's number is in an experiment.
    Json external(double value) const;

    bool operator==(const Distribution&) const = default;
};

/// One setting that a search tries values of.
struct Dimension {
    std::string path; ///< as `train --set` takes it: "training.optimizer.learning_rate"
    Distribution each;
    std::optional<Distribution> length; ///< the setting is a list of that length, of values of `each`

    /// Optuna's names of its numbers: the path, or PATH.length, PATH.0, PATH.1, ...
    std::string lengthName() const { return path + ".length"; }
    std::string nameOf(std::size_t place) const { return length ? path + "." + std::to_string(place) : path; }

    bool operator==(const Dimension&) const = default;
};

/// A trial's numbers by Optuna's names: the place of a choice (false 0, true 1), else the number itself.
using Point = std::map<std::string, double>;

/// The settings that a search tries values of, in the order of the file.
struct SearchSpace {
    std::vector<Dimension> dimensions;

    bool operator==(const SearchSpace&) const = default;
};

/// SEARCH.json's `space` block. Problems name the path in it ("space.training.epochs.int").
SearchSpace searchSpaceFromJson(const Json& json, std::vector<Problem>& problems);
Json toJson(const SearchSpace& space);

/// The distribution of one of the space's numbers; null where there is none of that name.
const Distribution* distributionOf(const SearchSpace& space, const std::string& name);

/// A point's settings, { PATH: value }; what the point lacks is left out.
Json settingsOf(const SearchSpace& space, const Point& point);

/// How Optuna writes a distribution: {"name": "IntDistribution", "attributes": {...}} as text.
std::string optunaText(const Distribution& distribution);

} // namespace sightline
