// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/GivenBatch.h"
#include "engine/TrainControl.h"
#include "engine/train/TrainLoop.h"
#include "engine/train/TrainSetup.h"

namespace sightline::engine {

/// A batch as a person sees it. Losses are cross-entropies, without smoothing and class weights, so that they can be
/// compared with those of an evaluation. Error: it has no images, but their features.
Result<GivenBatch> givenBatch(const TrainedBatch& trained, const Dataset& dataset, const LoaderSettings& reading);

/// Obeys a TrainCommand::Kind::Look. Errors: no batch has been trained yet; as givenBatch().
Result<void> show(const TrainLoop& loop, const TrainSetup& setup, int epoch, const TrainCommand& command);

} // namespace sightline::engine
