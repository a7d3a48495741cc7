// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "engine/module/GraphModule.h"
#include "experiment/Experiment.h"
#include "network/MixedPrecision.h"

namespace sightline::engine {

/// The one header that knows how LibTorch versions differ in mixed precision (SPEC 6.11).
class Bf16Autocast {
public:
    explicit Bf16Autocast(bool on);
    ~Bf16Autocast();
    Bf16Autocast(const Bf16Autocast&) = delete;
    Bf16Autocast& operator=(const Bf16Autocast&) = delete;

private:
    bool m_on;
};

/// What one training step needs besides the batch.
struct StepSettings {
    OptimizerSettings optimizer;
    LossSettings loss;
    std::vector<float> classWeights; ///< empty = all 1
    bool bf16 = false;
};

/// What the optimiser remembers of each parameter, flat like them: adam's m and v, rmsprop's r and momentum, sgd's
/// momentum.
struct Moments {
    torch::Tensor first, second;

    static Moments zeros(const torch::Tensor& parameters);
};

/// What a step looks at: images [N, H, W, C] as the loader writes them, or what the frozen part made of them.
struct StepInput {
    torch::Tensor images = {};
    std::vector<torch::Tensor> features = {}; ///< GraphModule::features(); then `images` is undefined
};

/// What a batch's outputs are compared with: one class each, or two that share a target (mixup and cutmix).
struct Targets {
    torch::Tensor labels;      ///< [N]
    torch::Tensor others = {}; ///< [N], or undefined where nothing is mixed
    torch::Tensor shares = {}; ///< [N], of `labels`; the rest is `others`'
};

struct StepResult {
    double loss = 0;           ///< weighted sum over outputs, mean over the batch
    std::int64_t right = 0;    ///< main output; of a mixed sample, the class with the larger share counts
    torch::Tensor logits = {}; ///< of a training step's main output, [N, classes], before the step
};

/// Of each sample of a batch, by the main output: the cross-entropy, and whether it is right. Empty where samples are
/// mixed.
struct SampleResults {
    std::vector<float> losses;
    std::vector<std::uint8_t> right;
};

/// Forward, loss, backward, optimiser. `number` counts the steps since the moments were zero, from 1: Adam's bias
/// correction needs it.
StepResult trainStep(GraphModule& module, Moments& moments, const StepSettings& settings, const StepInput& input,
                     const Targets& targets, double learningRate, std::int64_t number, SampleResults* each = nullptr);

/// The first half of a training step, forward and backward: the gradients are then the module's. `weight`: of the loss,
/// where these images are a part of a batch.
StepResult trainingPass(GraphModule& module, const StepSettings& settings, const StepInput& input,
                        const Targets& targets, double weight = 1, SampleResults* each = nullptr);
/// The other half: clips the gradients of all stretches together and moves the weights.
void takeStep(GraphModule& module, Moments& moments, const StepSettings& settings,
              const std::vector<GraphModule::Stretch>& stretches, double learningRate, std::int64_t number);

/// The same loss in eval mode, without gradients. `labels` [N].
StepResult validationStep(GraphModule& module, const StepSettings& settings, const StepInput& input,
                          const torch::Tensor& labels, SampleResults* each = nullptr);

} // namespace sightline::engine
