// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "support/Json.h"
#include "support/Result.h"

namespace sightline {

/// The group a run belongs to from its beginning on: group.json of its folder. The group's own files, where it has
/// any, lie in groups/<id>/ of the data home, those of a search in searches/<id>/.
struct RunGroup {
    enum class Kind { Folds, Search, Table };
    std::string id; ///< as a run's: 20260131-142530-ab12
    Kind kind = Kind::Folds;
    std::string name;   ///< the group's, for people
    std::string member; ///< what this run is in it: "fold 2 of 5", "trial 12"

    bool operator==(const RunGroup&) const = default;
};

Json toJson(const RunGroup& group);
/// Nothing where it is no such object.
std::optional<RunGroup> runGroupFrom(const Json& json);

std::optional<RunGroup> readGroup(const std::filesystem::path& runFolder);
Result<void> writeGroup(const std::filesystem::path& runFolder, const RunGroup& group);

} // namespace sightline
