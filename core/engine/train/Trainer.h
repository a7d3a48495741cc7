// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/Engine.h"

namespace sightline::engine {

/// Engine::train: one run from its experiment (or its last checkpoint) to RunEnded. Synchronous; see Engine.h.
RunEnded train(const TrainRequest& request, std::stop_token stop, TrainControl& control, const EventSink& sink);

/// Engine::benchTrain: whole steps on random data, after warming up.
Result<TrainBench> benchTrain(const TrainBenchRequest& request);

} // namespace sightline::engine
