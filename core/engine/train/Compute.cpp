// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Compute.h"

#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <torch/nn/functional.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <cmath>

#include "engine/train/OptimizerStep.h"

namespace sightline::engine {

namespace {

void setAutocast(bool on) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
    at::autocast::set_autocast_enabled(at::kCPU, on);
#else
    at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
    at::autocast::set_cpu_enabled(on);
#endif
}

/// [N, H, W, C] memory seen as [N, C, H, W] channels-last: no copy.
torch::Tensor asChannelsLast(const torch::Tensor& images) {
    return images.permute({0, 3, 1, 2});
}

/// Cross-entropy of each sample, weighted by its class where classes have weights. [N]
torch::Tensor crossEntropy(const torch::Tensor& logits, const torch::Tensor& labels, const torch::Tensor& classWeights,
                           double smoothing) {
    namespace F = torch::nn::functional;
    const torch::Tensor loss = F::cross_entropy(
        logits, labels, F::CrossEntropyFuncOptions().reduction(torch::kNone).label_smoothing(smoothing));
    return classWeights.defined() ? loss * classWeights.index_select(0, labels) : loss;
}

/// Cross-entropy with a target of two parts is the same mixture of two cross-entropies.
torch::Tensor lossOf(const GraphModule& module, const std::vector<torch::Tensor>& outputs, const Targets& targets,
                     const StepSettings& settings, bool training) {
    torch::Tensor total;
    torch::Tensor classWeights;
    if (training && !settings.classWeights.empty())
        classWeights = torch::tensor(settings.classWeights);
    const double smoothing = training ? settings.loss.labelSmoothing : 0.0;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const Output& output = module.spec().outputs[i];
        const auto given = settings.loss.outputWeights.find(output.name);
        const double weight = given == settings.loss.outputWeights.end() ? output.lossWeight : given->second;
        const torch::Tensor logits = outputs[i].to(torch::kFloat);
        torch::Tensor loss = crossEntropy(logits, targets.labels, classWeights, smoothing);
        if (targets.others.defined())
            loss = targets.shares * loss +
                   (1 - targets.shares) * crossEntropy(logits, targets.others, classWeights, smoothing);
        loss = loss.mean() * weight;
        total = total.defined() ? total + loss : loss;
        if (!training)
            break; // validation judges the main output
    }
    return total;
}

torch::Tensor mainLabels(const Targets& targets) {
    return targets.others.defined() ? torch::where(targets.shares >= 0.5, targets.labels, targets.others)
                                    : targets.labels;
}

std::vector<torch::Tensor> outputsOf(GraphModule& module, const StepInput& input, bool training) {
    return input.images.defined() ? module.forward(asChannelsLast(input.images), training)
                                  : module.forwardFromFeatures(input.features, training);
}

/// Loss and right ones, read at once: on a device each reading waits for all work before it.
StepResult resultOf(const torch::Tensor& loss, const torch::Tensor& logits, const torch::Tensor& labels) {
    const torch::Tensor right = logits.argmax(1).eq(labels).sum();
    const torch::Tensor both = torch::stack({loss.detach().to(torch::kDouble), right.to(torch::kDouble)}).cpu();
    return {both[0].item<double>(), static_cast<std::int64_t>(both[1].item<double>()), {}};
}

void fill(SampleResults& each, const torch::Tensor& logits, const Targets& targets) {
    each = {};
    if (targets.others.defined())
        return;
    const torch::Tensor scores = logits.to(torch::kFloat);
    const torch::Tensor losses =
        (scores.logsumexp(1) - scores.gather(1, targets.labels.unsqueeze(1)).squeeze(1)).cpu().contiguous();
    const torch::Tensor right = scores.argmax(1).eq(targets.labels).to(torch::kByte).cpu().contiguous();
    each.losses.assign(losses.data_ptr<float>(), losses.data_ptr<float>() + losses.numel());
    each.right.assign(right.data_ptr<std::uint8_t>(), right.data_ptr<std::uint8_t>() + right.numel());
}

/// Scales all gradients so that their norm is at most `most` (Keras' global_clipnorm).
void clip(const std::vector<GraphModule::Stretch>& stretches, double most) {
    double squares = 0;
    for (const GraphModule::Stretch& stretch : stretches) {
        const double norm = torch::from_blob(stretch.gradients, {stretch.count}).norm().item<double>();
        squares += norm * norm;
    }
    for (const GraphModule::Stretch& stretch : stretches) {
        if (squares > most * most)
            torch::from_blob(stretch.gradients, {stretch.count}).mul_(most / std::sqrt(squares));
    }
}

} // namespace

Bf16Autocast::Bf16Autocast(bool on) : m_on(on) {
    if (m_on)
        setAutocast(true);
}

Bf16Autocast::~Bf16Autocast() {
    if (m_on) {
        at::autocast::clear_cache();
        setAutocast(false);
    }
}

Moments Moments::zeros(const torch::Tensor& parameters) {
    return {torch::zeros_like(parameters), torch::zeros_like(parameters)};
}

StepResult trainingPass(GraphModule& module, const StepSettings& settings, const StepInput& input,
                        const Targets& targets, double weight, SampleResults* each) {
    module.zeroGradients();
    torch::Tensor loss, logits;
    {
        Bf16Autocast autocast(settings.bf16);
        const std::vector<torch::Tensor> outputs = outputsOf(module, input, true);
        loss = lossOf(module, outputs, targets, settings, true);
        logits = outputs[0].detach();
    }
    (weight == 1 ? loss : loss * weight).backward();

    torch::NoGradGuard noGrad;
    StepResult result = resultOf(loss, logits, mainLabels(targets));
    result.logits = logits;
    if (each)
        fill(*each, logits, targets);
    return result;
}

void takeStep(GraphModule& module, Moments& moments, const StepSettings& settings,
              const std::vector<GraphModule::Stretch>& stretches, double learningRate, std::int64_t number) {
    torch::NoGradGuard noGrad;
    if (settings.optimizer.clipNorm > 0)
        clip(stretches, settings.optimizer.clipNorm);
    float* values = module.parameters().data_ptr<float>();
    float* first = moments.first.data_ptr<float>();
    float* second = moments.second.data_ptr<float>();
    for (const GraphModule::Stretch& stretch : stretches) {
        constexpr std::int64_t kGrain = 1 << 16;
        at::parallel_for(0, stretch.count, kGrain, [&](std::int64_t begin, std::int64_t end) {
            const std::int64_t at = stretch.offset + begin;
            optimizerStep(settings.optimizer, learningRate * stretch.rate, number, values + at,
                          stretch.gradients + begin, first + at, second + at, end - begin);
        });
    }
}

StepResult trainStep(GraphModule& module, Moments& moments, const StepSettings& settings, const StepInput& input,
                     const Targets& targets, double learningRate, std::int64_t number, SampleResults* each) {
    StepResult result = trainingPass(module, settings, input, targets, 1, each);
    if (std::isfinite(result.loss)) // else the caller ends the run; weights stay as they were
        takeStep(module, moments, settings, module.trainableStretches(), learningRate, number);
    return result;
}

StepResult validationStep(GraphModule& module, const StepSettings& settings, const StepInput& input,
                          const torch::Tensor& labels, SampleResults* each) {
    torch::NoGradGuard noGrad;
    Bf16Autocast autocast(settings.bf16);
    const std::vector<torch::Tensor> outputs = outputsOf(module, input, false);
    if (each)
        fill(*each, outputs[0], {labels});
    return resultOf(lossOf(module, outputs, {labels}, settings, false), outputs[0], labels);
}

} // namespace sightline::engine
