// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>

#include "engine/module/GraphModule.h"

namespace sightline::engine {

/// A copy with the weights of the `chosen` nodes as GraphModule::make(spec, seed) draws them, those of the others as
/// they are. Error: cancelled.
Result<std::shared_ptr<GraphModule>> drawnAgain(const GraphModule& module, const std::vector<bool>& chosen,
                                                std::uint64_t seed, const std::stop_token& stop);

/// A copy that computes in double. Error: cancelled.
Result<std::shared_ptr<GraphModule>> inDouble(const GraphModule& module, const std::stop_token& stop);

} // namespace sightline::engine
