// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "augment/Augment.h"
#include "engine/Engine.h"
#include "engine/module/GraphModule.h"
#include "store/Safetensors.h"
#include "zoo/ClassRows.h"

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

/// A network ready to be asked, with what its input needs. Nothing changes it any more, so several calls may use it at
/// once.
struct LoadedModel {
    std::shared_ptr<const GraphModule> module;
    std::vector<std::string> classes; ///< empty without a run
    DataSettings data;                ///< image size, colour, interpolation
    NormalizationSettings normalization;
    AugmentationSettings augmentation;                           ///< for what a random crop means at inference
    std::shared_ptr<const FittedNormalization> fitted = nullptr; ///< of the normalisation, where it needs it

    std::uint64_t bytes() const; ///< of its weights
    int height() const { return module->spec().height; }
    int width() const { return module->spec().width; }
};

/// Names of a checkpoint's tensors that are the optimizer's, not the network's.
inline constexpr const char* kOptimizerPrefix = "opt.";

/// From a run's checkpoint, a snapshot (whose weights it shares), or a bare file (ModelSource). Every tensor must be
/// there with its shape.
Result<LoadedModel> loadModel(const ModelSource& source);

/// What came of reading a file.
struct LoadedWeights {
    std::string family;                  ///< whose names the file uses: "node ids", "torchvision", "timm"
    std::vector<std::string> fresh;      ///< tensors that start anew, as the file would name them
    std::vector<std::string> adapted;    ///< first convolutions made for other channels than the file's
    std::vector<std::string> byClass;    ///< tensors that got the rows of the classes that both know
    std::vector<std::string> unexpected; ///< tensors of the file that the network does not have
};

/// Reads a safetensors file into the module, by node ids, torchvision's or timm's names. Every tensor must be there
/// with its shape; the error names the first that is not, as the file does, and both shapes. `newClassifier`
/// (training): what makes the scores may be of another size or missing, and layers of the head that the file does not
/// know at all start anew. With `rows`, known classes keep theirs. Cancelled between two tensors, some are read and
/// some are not.
Result<void> loadWeights(GraphModule& module, const std::filesystem::path& file, bool newClassifier = false,
                         LoadedWeights* loaded = nullptr, const std::stop_token& stop = {},
                         const ClassRows* rows = nullptr);

/// A module's tensors by name, C order, as files hold them.
struct TensorsByName {
    std::vector<TensorToWrite> tensors;
    std::vector<torch::Tensor> values; ///< what they look at
};
TensorsByName tensorsByName(const GraphModule& module);

/// Writes all tensors by name, C order, with metadata and `more` tensors beside them, atomically.
Result<void> saveWeights(const GraphModule& module, const std::filesystem::path& file,
                         const std::map<std::string, std::string>& metadata = {},
                         const std::vector<TensorToWrite>& more = {});

/// A model by zoo name or GraphSpec file.
Result<GraphSpec> graphByName(const std::string& nameOrFile, int height, int width, int channels, int classes,
                              const Json& options);

/// [1, C, H, W] channels-last from an image at the data's size, as validation sees it.
torch::Tensor inputTensor(const LoadedModel& model, const Image& resized);

} // namespace engine
} // namespace sightline
