// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "augment/Augment.h"
#include "engine/Engine.h"
#include "engine/module/GraphModule.h"

namespace sightline {

/// Weights of a run at a batch boundary, with what is needed to use them. Immutable.
struct WeightSnapshot {
    torch::Tensor parameters, statistics; ///< flat copies
    GraphSpec graph;
    Experiment experiment;
    std::vector<std::string> classes;
    std::shared_ptr<const FittedNormalization> fitted = nullptr;
};

namespace engine {

/// A network ready to be asked: eval mode, with what its input needs.
struct LoadedModel {
    std::shared_ptr<GraphModule> module;
    std::vector<std::string> classes; ///< empty without a run
    DataSettings data;                ///< image size, colour, interpolation
    NormalizationSettings normalization;
    AugmentationSettings augmentation; ///< for what a random crop means at inference
    std::shared_ptr<const FittedNormalization> fitted = nullptr; ///< of the normalisation, where it needs it

    int height() const { return module->spec().height; }
    int width() const { return module->spec().width; }
};

/// From a run's checkpoint, a snapshot, or a bare file (ModelSource). Every tensor must be there with its shape.
Result<LoadedModel> loadModel(const ModelSource& source);

/// Reads a safetensors file into the module. `allowNewClassifier`: tensors of the output nodes with another shape stay
/// fresh and are named in `left`; anything else missing or of another shape is an error naming the tensor and both shapes.
Result<void> loadWeights(GraphModule& module, const std::filesystem::path& file, bool allowNewClassifier = false, std::vector<std::string>* left = nullptr);

/// Writes all tensors by name, C order, with metadata, atomically.
Result<void> saveWeights(const GraphModule& module, const std::filesystem::path& file, const std::map<std::string, std::string>& metadata = {});

/// A model by zoo name or GraphSpec file.
Result<GraphSpec> graphByName(const std::string& nameOrFile, int height, int width, int channels, int classes, const Json& options);

/// [1, C, H, W] channels-last from an image at the data's size, as validation sees it.
torch::Tensor inputTensor(const LoadedModel& model, const Image& resized);

} // namespace engine
} // namespace sightline
