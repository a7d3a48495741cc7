// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <stop_token>

#include "engine/Engine.h"

namespace sightline::engine {

/// Engine::check.
Result<TrainCheck> check(const TrainCheckRequest& request, std::stop_token stop,
                         const std::function<void(double)>& progress);

} // namespace sightline::engine
