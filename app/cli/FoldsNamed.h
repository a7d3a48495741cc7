// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "store/RunStore.h"

namespace sightline::cli {

/// The id of the group that is given by its id or its name, where a command takes folds in a run's place; nothing where
/// there is none. A part of an id is a run's. Errors: the group is none of folds.
Result<std::optional<std::string>> foldsNamed(RunStore& store, const std::string& given);

} // namespace sightline::cli
