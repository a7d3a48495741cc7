// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "store/Safetensors.h"
#include "support/Json.h"

namespace sightline {

/// Where a checkpoint keeps, in its metadata, what a run needs to go on beside weights and moments.
inline constexpr const char* kRunState = "sightline.state";

/// Nothing where the file contains only weights, or what it says is no object.
std::optional<Json> runStateIn(const SafetensorsFile& checkpoint);

} // namespace sightline
