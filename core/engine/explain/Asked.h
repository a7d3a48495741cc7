// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/module/LoadedModel.h"

namespace sightline::engine {

/// A model that any number of calls may use at once; none of them can change it.
using SharedModel = std::shared_ptr<const LoadedModel>;

/// Who is asked: what every answer needs.
struct Asked {
    SharedModel shared;
    ModelSource source;        ///< where it came from
    std::string identity = {}; ///< identityOf(source) when it was opened

    const LoadedModel& model() const { return *shared; }
    const GraphModule& module() const { return *shared->module; }
};

/// What tells the weights of a source from others: of files path, time and size. Empty for a snapshot. Error: there are
/// none.
Result<std::string> identityOf(const ModelSource& source);

/// The model of a source. Those read from files are kept while their file (path, time, size) is the same, up to an
/// eighth of the memory that was free, so that a click does not read weights again. Thread-safe.
Result<SharedModel> sharedModel(const ModelSource& source);

/// The image as the model's data settings ask for it: grey or RGB, resized.
Image preparedImage(const LoadedModel& model, const Image& image);

/// [1, C, H, W] of the network's own input size, normalised.
torch::Tensor preparedInput(const LoadedModel& model, const Image& prepared);

/// What the network saw, for the eye: of its input size, gray or RGB.
Image seenBy(const LoadedModel& model, const Image& prepared);

/// Softmax of one row of logits, in double.
std::vector<float> probabilitiesOf(const torch::Tensor& logits);

/// A tensor's values as an array of its shape.
FloatArray toArray(const torch::Tensor& tensor);

} // namespace sightline::engine
