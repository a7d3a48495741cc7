// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "store/RunGroup.h"

namespace sightline {

/// groups/<id> of the data home; the group's group.json there says of which kind it is.
std::filesystem::path groupFolder(const std::filesystem::path& home, const std::string& id);
/// Nothing where there is no such group, or one without files of its own.
std::optional<RunGroup::Kind> kindOfGroup(const std::filesystem::path& home, const std::string& id);

} // namespace sightline
