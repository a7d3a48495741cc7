// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>

#include "support/Json.h"

namespace sightline {

/// The best epoch so far, by the run's monitor, as a checkpoint's state says; 0: there is none.
int bestEpochIn(const Json& state);

/// A checkpoint of the end of that epoch, with the optimizer's state, as it was written; nothing where none was kept.
std::optional<std::filesystem::path> checkpointAfter(const std::filesystem::path& runFolder, int epoch);

} // namespace sightline
