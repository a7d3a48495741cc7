// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/Engine.h"

namespace sightline::engine {

/// Engine::measureEpoch: real batches through real steps for a short while, then multiplied out.
Result<EpochTime> measureEpoch(const EpochTimeRequest& request, std::stop_token stop);

} // namespace sightline::engine
