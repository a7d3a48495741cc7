// SPDX-License-Identifier: GPL-3.0-or-later
#include "suggest/Take.h"

#include <algorithm>
#include <array>

namespace sightline {

namespace {

/// Settings without a reason of their own, and the one they go with. The first that fits counts.
constexpr std::array<std::pair<const char*, const char*>, 10> kCompanions{{
    {"augmentation.random_contrast", "augmentation.brightness_range"},
    {"augmentation", "augmentation.rotation_range"},
    {"data.color_mode", "model.name"},
    {"model", "model.name"},
    {"normalization", "normalization.preset"},
    {"training.cache_features", "model.name"},
    {"training.fine_tune", "model.name"},
    {"training.optimizer", "training.optimizer.name"},
    {"training.reduce_lr_on_plateau", "training.schedule.name"},
    {"training.schedule", "training.schedule.name"},
}};

bool isWithin(const std::string& path, const std::string& block) {
    return path == block || (path.starts_with(block) && path[block.size()] == '.');
}

int indexOf(const Suggestion& suggestion, const std::string& path) {
    const auto found = std::find_if(suggestion.reasons.begin(), suggestion.reasons.end(),
                                    [&](const Reason& reason) { return reason.path == path; });
    return found == suggestion.reasons.end() ? -1 : static_cast<int>(found - suggestion.reasons.begin());
}

/// The first reason about a part of a block; -1: none.
int reasonWithin(const Suggestion& suggestion, const std::string& block) {
    const auto found = std::find_if(suggestion.reasons.begin(), suggestion.reasons.end(), [&](const Reason& reason) {
        return reason.path != block && isWithin(reason.path, block);
    });
    return found == suggestion.reasons.end() ? -1 : static_cast<int>(found - suggestion.reasons.begin());
}

/// Copies what is taken from `from` into `into`, key by key; a key that `from` lacks goes.
void merge(Json& into, const Json& from, const std::string& block, const Suggestion& suggestion,
           const std::vector<bool>& taken) {
    std::vector<std::string> keys;
    for (const Json* side : {&static_cast<const Json&>(into), &from})
        for (auto item = side->begin(); item != side->end(); ++item)
            if (std::find(keys.begin(), keys.end(), item.key()) == keys.end())
                keys.push_back(item.key());
    for (const std::string& key : keys) {
        const std::string path = block.empty() ? key : block + "." + key;
        const bool inBoth = into.contains(key) && from.contains(key);
        if (inBoth && into[key] == from[key])
            continue;
        if (inBoth && into[key].is_object() && from[key].is_object() &&
            (block.empty() || reasonWithin(suggestion, path) >= 0)) {
            merge(into[key], from[key], path, suggestion, taken);
            continue;
        }
        const int within = reasonWithin(suggestion, path); // a block that only one side has
        const int reason = within >= 0 ? within : reasonOf(suggestion, path);
        if (reason < 0 || !taken[static_cast<std::size_t>(reason)])
            continue;
        if (from.contains(key))
            into[key] = from[key];
        else
            into.erase(key);
    }
}

} // namespace

int reasonOf(const Suggestion& suggestion, const std::string& path) {
    for (std::string own = path; !own.empty();) {
        if (const int found = indexOf(suggestion, own); found >= 0)
            return found;
        const std::size_t dot = own.rfind('.');
        own = dot == std::string::npos ? std::string() : own.substr(0, dot);
    }
    for (const auto& [block, with] : kCompanions)
        if (isWithin(path, block))
            return indexOf(suggestion, with);
    return -1;
}

Experiment taking(const Experiment& present, const Suggestion& suggestion, const std::vector<bool>& taken) {
    Json merged = toJson(present);
    merge(merged, toJson(suggestion.experiment), {}, suggestion, taken);
    std::vector<Problem> problems; // those of a mixture are shown at its fields
    return experimentFromJson(merged, problems);
}

} // namespace sightline
