// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>

#include "engine/module/LoadedModel.h"

namespace sightline::engine {

/// Sets this thread's compute threads (0 = the CPUs available) where they differ from what it has: changing them is
/// slow.
void useThreads(int threads);

/// A loaded model that several calls share; hold the mutex while computing with it.
struct SharedModel {
    LoadedModel model;
    std::mutex mutex;
};

/// The model of a source, kept between calls while its checkpoint (path, time, size) or snapshot is the same, so that a
/// click does not read weights again. Thread-safe. The copy is never the one that trains.
Result<std::shared_ptr<SharedModel>> sharedModel(const ModelSource& source);

/// The image as the model's data settings ask for it: grey or RGB, resized.
Image preparedImage(const LoadedModel& model, const Image& image);

/// [1, C, H, W] of the network's own input size, normalised.
torch::Tensor preparedInput(const LoadedModel& model, const Image& prepared);

/// Softmax of one row of logits, in double.
std::vector<float> probabilitiesOf(const torch::Tensor& logits);

} // namespace sightline::engine
