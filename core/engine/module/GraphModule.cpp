// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/GraphModule.h"

#include <torch/torch.h>

#include <ATen/CPUGeneratorImpl.h>

#include <array>

#include "engine/module/DepthwiseConvolution.h"
#include "engine/module/Initialization.h"
#include "engine/module/NormedActivation.h"
#include "engine/module/Operations.h"
#include "engine/module/PassStop.h"
#include "network/Attributes.h"
#include "network/Freezing.h"

namespace sightline::engine {

namespace {

/// Tensors of as many values have gradients of their own: fewer are cheaper side by side.
constexpr std::int64_t kOwnGradient = std::int64_t{1} << 16;

/// A stretch of a flat buffer as a tensor; convolution weights channels-last.
torch::Tensor shaped(const torch::Tensor& flat, const Shape& shape) {
    return shape.size() == 4 ? flat.view({shape[0], shape[2], shape[3], shape[1]}).permute({0, 3, 1, 2})
                             : flat.view(shape);
}

constexpr std::array<std::int64_t, 2> kNoPadding = {0, 0};

/// A node's output, where the pass back looks whether it was stopped, as the pass forward does before each node.
torch::Tensor watched(torch::Tensor value) {
    if (mayPassesStop() && value.requires_grad())
        value.register_hook([](const torch::Tensor&) { leaveIfStopped(); });
    return value;
}

} // namespace

GraphModule::GraphModule() : m_draws(at::detail::createCPUGenerator()) {}

Result<std::shared_ptr<GraphModule>> GraphModule::make(const GraphSpec& spec, std::uint64_t seed) {
    Result<std::shared_ptr<GraphModule>> module = blank(spec);
    if (module)
        (*module)->initialise(seed);
    return module;
}

Result<std::shared_ptr<GraphModule>> GraphModule::blank(const GraphSpec& spec) {
    return assembled(spec, {}, {});
}

Result<std::shared_ptr<GraphModule>> GraphModule::over(const GraphSpec& spec, const torch::Tensor& parameters,
                                                       const torch::Tensor& statistics) {
    return assembled(spec, parameters.detach(), statistics.detach());
}

/// Undefined buffers are made.
Result<std::shared_ptr<GraphModule>> GraphModule::assembled(const GraphSpec& spec, torch::Tensor parameters,
                                                            torch::Tensor statistics) {
    Result<GraphCost> cost = shapes(spec);
    if (!cost)
        return cost.error();
    if (!parameters.defined())
        parameters = torch::zeros({cost->parameters}, torch::kFloat);
    if (!statistics.defined())
        statistics = torch::zeros({cost->runningStats}, torch::kFloat);
    if (parameters.numel() != cost->parameters || statistics.numel() != cost->runningStats)
        return Error{"The weights do not fit the network " + spec.name + "."};
    std::shared_ptr<GraphModule> module(new GraphModule);
    module->m_spec = spec;
    module->m_cost = std::move(*cost);
    std::unordered_map<std::string, std::size_t> position;
    for (std::size_t i = 0; i < spec.nodes.size(); ++i)
        position[spec.nodes[i].id] = i;
    module->m_inputsOf.resize(spec.nodes.size());
    module->m_uses.assign(spec.nodes.size(), 0);
    module->m_frozenNode.assign(spec.nodes.size(), false);
    module->m_fixedNode.assign(spec.nodes.size(), false);
    module->m_tensorsOfNode.resize(spec.nodes.size());
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        for (const std::string& input : spec.nodes[i].inputs) {
            module->m_inputsOf[i].push_back(position[input]);
            ++module->m_uses[position[input]];
        }
    }
    for (const Output& output : spec.outputs)
        ++module->m_uses[position[output.node]];
    module->m_fusions = Fusions(spec, module->m_inputsOf, module->m_uses);

    module->m_parameters = std::move(parameters);
    module->m_statistics = std::move(statistics);
    std::int64_t parameterOffset = 0, statisticOffset = 0;
    for (const TensorSpec& tensor : tensorsOf(spec, module->m_cost)) {
        Entry entry;
        entry.spec = tensor;
        std::int64_t count = 1;
        for (const std::int64_t extent : tensor.shape)
            count *= extent;
        std::int64_t& offset = tensor.trainable ? parameterOffset : statisticOffset;
        entry.offset = offset;
        const torch::Tensor flat =
            (tensor.trainable ? module->m_parameters : module->m_statistics).narrow(0, offset, count);
        entry.view = shaped(flat, tensor.shape);
        offset += count;
        const std::size_t dot = tensor.name.rfind('.');
        entry.node = position[tensor.name.substr(0, dot)];
        module->m_tensorsOfNode[entry.node][tensor.name.substr(dot)] = module->m_entries.size();
        module->m_entries.push_back(std::move(entry));
    }
    return module;
}

bool GraphModule::setDropout(const Json& rate) {
    bool any = false;
    for (Node& node : m_spec.nodes)
        if (node.op == Op::Dropout) {
            if (!rate.is_object())
                node.attributes["rate"] = rate;
            else if (rate.contains(node.id))
                node.attributes["rate"] = rate[node.id];
            any = true;
        }
    return any;
}

void GraphModule::seedDraws(std::uint64_t seed) {
    m_draws.set_current_seed(seed);
}

void GraphModule::initialise(std::uint64_t seed) {
    drawFresh(*this, std::vector<bool>(m_spec.nodes.size(), true), seed);
}

const torch::Tensor& GraphModule::tensor(std::size_t node, const char* suffix) const {
    return m_entries[m_tensorsOfNode[node].at(suffix)].view;
}

BatchNormTensors GraphModule::batchNorm(std::size_t node) const {
    return {tensor(node, ".weight"),
            tensor(node, ".bias"),
            tensor(node, ".running_mean"),
            tensor(node, ".running_var"),
            numberAttribute(m_spec.nodes[node], "momentum", 0.1),
            numberAttribute(m_spec.nodes[node], "eps", 1e-5)};
}

torch::Tensor GraphModule::compute(std::size_t index, const std::vector<torch::Tensor>& inputs, bool training,
                                   bool mayReuse) const {
    leaveIfStopped();
    const Node& node = m_spec.nodes[index];
    const torch::Tensor& x = inputs[0];
    const auto optional = [&](const char* suffix) {
        return m_tensorsOfNode[index].count(suffix) ? tensor(index, suffix) : torch::Tensor();
    };
    switch (node.op) {
    case Op::Input:
        return x;
    case Op::Conv2d: {
        const Padding padding = resolvedPadding(node, static_cast<int>(x.size(2)), static_cast<int>(x.size(3))).value();
        const auto stride = pairAttribute(node, "stride", {1, 1});
        const auto dilation = pairAttribute(node, "dilation", {1, 1});
        const std::int64_t groups = wholeAttribute(node, "groups", 1);
        const auto convolved = [&](const torch::Tensor& from) {
            if (isSymmetric(padding))
                return torch::conv2d(from, tensor(index, ".weight"), optional(".bias"), stride,
                                     {padding.top, padding.left}, dilation, groups);
            return torch::conv2d(padded(from, padding, 0), tensor(index, ".weight"), optional(".bias"), stride,
                                 kNoPadding, dilation, groups);
        };
        if (groups == 1)
            return convolved(x);
        if (training && !m_frozenNode[index] && takesDepthwise(x, tensor(index, ".weight")))
            return depthwiseConvolution(x, tensor(index, ".weight"), optional(".bias"),
                                        {stride, dilation, {padding.top, padding.bottom, padding.left, padding.right}});
        // oneDNN's grouped convolutions are slower in bfloat16 than in float32.
        const c10::impl::ExcludeDispatchKeyGuard exact(c10::DispatchKey::AutocastCPU);
        return convolved(x.scalar_type() == torch::kBFloat16 ? x.to(torch::kFloat) : x);
    }
    case Op::BatchNorm: {
        const bool learns = training && !m_frozenNode[index];
        if (learns && m_batchNormSums)
            return syncBatchNormed(x, batchNorm(index), *m_batchNormSums);
        // The unbiased variance of a single value a channel does not exist; the running statistics keep what they know.
        const bool judgeable = !learns || x.numel() > x.size(1);
        return torch::batch_norm(x, tensor(index, ".weight"), tensor(index, ".bias"),
                                 judgeable ? tensor(index, ".running_mean") : torch::Tensor(),
                                 judgeable ? tensor(index, ".running_var") : torch::Tensor(), learns,
                                 numberAttribute(node, "momentum", 0.1), numberAttribute(node, "eps", 1e-5), false);
    }
    case Op::LayerNorm: {
        const torch::Tensor exact = x.scalar_type() == torch::kBFloat16 ? x.to(torch::kFloat) : x; // as the weights are
        const torch::Tensor last = x.dim() == 4 ? exact.permute({0, 2, 3, 1}) : exact;
        const torch::Tensor y = torch::layer_norm(last, {x.size(1)}, tensor(index, ".weight"), tensor(index, ".bias"),
                                                  numberAttribute(node, "eps", 1e-6))
                                    .to(x.scalar_type());
        return x.dim() == 4 ? y.permute({0, 3, 1, 2}) : y;
    }
    case Op::Activation:
        return activated(node, x, training, mayReuse);
    case Op::MaxPool:
    case Op::AvgPool:
        return pooled(node, x, training);
    case Op::GlobalAvgPool:
        return x.mean({2, 3});
    case Op::AdaptiveAvgPool:
        return torch::adaptive_avg_pool2d(x, pairAttribute(node, "size", {1, 1}));
    case Op::Flatten:
        return x.contiguous().flatten(1);
    case Op::Dense:
        return torch::linear(x, tensor(index, ".weight"), optional(".bias"));
    case Op::Dropout:
        return training && !m_frozenNode[index] ? dropped(x, numberAttribute(node, "rate", 0.5), m_draws) : x;
    case Op::Add: {
        const auto scales = node.attributes.find("scales");
        const auto scaled = [&](std::size_t i) {
            return scales == node.attributes.end() ? inputs[i] : inputs[i] * (*scales)[i].get<double>();
        };
        torch::Tensor sum = scaled(0);
        for (std::size_t i = 1; i < inputs.size(); ++i)
            sum = sum + scaled(i);
        return sum;
    }
    case Op::Multiply:
        return x.dim() == 4 && inputs[1].dim() == 2 ? x * inputs[1].unsqueeze(2).unsqueeze(3) : x * inputs[1];
    case Op::Concat:
        return torch::cat(inputs, 1);
    case Op::LocalResponseNorm:
        return localResponseNormed(node, x);
    case Op::ChannelScale: {
        const torch::Tensor& factor = tensor(index, ".weight");
        return x.dim() == 4 ? x * factor.view({1, -1, 1, 1}) : x * factor;
    }
    case Op::RandomCrop: {
        const auto size = pairAttribute(node, "size", {1, 1});
        if (!training)
            return resizedLikeKeras(x, size[0], size[1]);
        const std::int64_t top = torch::randint(x.size(2) - size[0] + 1, {1}, m_draws).item<std::int64_t>();
        const std::int64_t left = torch::randint(x.size(3) - size[1] + 1, {1}, m_draws).item<std::int64_t>();
        return x.narrow(2, top, size[0]).narrow(3, left, size[1]).contiguous(at::MemoryFormat::ChannelsLast);
    }
    case Op::RandomContrast:
        return training ? contrasted(x, numberAttribute(node, "factor", 0), m_draws) : x;
    case Op::Rescale:
        return x * numberAttribute(node, "scale", 1) + numberAttribute(node, "offset", 0);
    }
    return x;
}

torch::Tensor GraphModule::computeFused(const NormFusion& fusion, std::vector<torch::Tensor>& values) const {
    leaveIfStopped();
    const std::size_t norm = fusion.nodes.front();
    const torch::Tensor& x = values[m_inputsOf[norm][0]];
    const torch::Tensor other = fusion.other ? values[*fusion.other] : torch::Tensor();
    if (takesNormedActivation(x, other))
        return normedActivation(x, other, batchNorm(norm), fusion.activation);
    for (const std::size_t node : fusion.nodes) {
        std::vector<torch::Tensor> inputs;
        for (const std::size_t input : m_inputsOf[node])
            inputs.push_back(values[input]);
        values[node] = compute(node, inputs, true, false);
    }
    return values[fusion.nodes.back()];
}

void GraphModule::run(std::vector<torch::Tensor>& values, bool training, const std::vector<bool>& skipped,
                      std::map<std::string, torch::Tensor>* tapped) const {
    std::vector<std::size_t> usesLeft = m_uses;
    const auto readBy = [&](std::size_t node) {
        for (const std::size_t input : m_inputsOf[node]) {
            if (--usesLeft[input] == 0)
                values[input] = torch::Tensor();
        }
    };
    const auto isFused = [&](const NormFusion* fusion) {
        return fusion && training && !tapped && !m_batchNormSums && !m_frozenNode[fusion->nodes.front()];
    };
    const auto isCutByPool = [&](std::size_t node) {
        return training && !tapped && m_fusions.isCutByPool(node) && !skipped[node];
    };
    for (std::size_t i = 0; i < m_spec.nodes.size(); ++i) {
        if (skipped[i] || isFused(m_fusions.around(i)) || isCutByPool(i))
            continue;
        if (const NormFusion* fusion = m_fusions.endingAt(i); isFused(fusion)) {
            values[i] = watched(computeFused(*fusion, values));
            for (const std::size_t node : fusion->nodes)
                readBy(node);
            continue;
        }
        at::AutoGradMode gradients(at::GradMode::is_enabled() && !m_fixedNode[i]);
        if (m_spec.nodes[i].op == Op::MaxPool && isCutByPool(m_inputsOf[i][0])) {
            leaveIfStopped();
            const std::size_t cut = m_inputsOf[i][0];
            values[i] = watched(cutAndPooled(m_spec.nodes[i], values[m_inputsOf[cut][0]]));
            readBy(cut);
            readBy(i);
            continue;
        }
        std::vector<torch::Tensor> inputs;
        bool mayReuse = !tapped;
        for (const std::size_t input : m_inputsOf[i]) {
            inputs.push_back(values[input]);
            // What a convolution, batch-norm or sum wrote is read by nobody else and not needed backwards.
            const Op producer = m_spec.nodes[input].op;
            mayReuse = mayReuse && m_uses[input] == 1 &&
                       (producer == Op::Conv2d || producer == Op::BatchNorm || producer == Op::Add);
        }
        if (m_spec.nodes[i].op != Op::Input)
            values[i] = watched(compute(i, inputs, training, mayReuse));
        if (tapped) {
            if (const auto tap = tapped->find(m_spec.nodes[i].id); tap != tapped->end())
                tap->second = values[i];
        }
        inputs.clear();
        readBy(i);
    }
}

std::vector<torch::Tensor> GraphModule::outputsOf(const std::vector<torch::Tensor>& values) const {
    std::vector<torch::Tensor> outputs;
    for (const Output& output : m_spec.outputs) {
        for (std::size_t i = 0; i < m_spec.nodes.size(); ++i) {
            if (m_spec.nodes[i].id == output.node)
                outputs.push_back(values[i]);
        }
    }
    return outputs;
}

std::vector<torch::Tensor> GraphModule::forward(const torch::Tensor& images, bool training,
                                                std::map<std::string, torch::Tensor>* tapped) {
    std::vector<torch::Tensor> values(m_spec.nodes.size());
    values[0] = images;
    run(values, training, std::vector<bool>(values.size(), false), tapped);
    return outputsOf(values);
}

std::vector<torch::Tensor> GraphModule::infer(const torch::Tensor& images,
                                              std::map<std::string, torch::Tensor>* tapped) const {
    std::vector<torch::Tensor> values(m_spec.nodes.size());
    values[0] = images;
    run(values, false, std::vector<bool>(values.size(), false), tapped);
    return outputsOf(values);
}

std::vector<torch::Tensor> GraphModule::features(const torch::Tensor& images) const {
    torch::NoGradGuard noGrad;
    std::vector<torch::Tensor> values(m_spec.nodes.size());
    values[0] = images;
    std::vector<bool> others = m_fixedNode;
    others.flip();
    run(values, false, others, nullptr);
    std::vector<torch::Tensor> features;
    for (const std::size_t node : m_featureNodes)
        features.push_back(values[node]);
    return features;
}

std::vector<torch::Tensor> GraphModule::forwardFromFeatures(const std::vector<torch::Tensor>& features, bool training) {
    std::vector<torch::Tensor> values(m_spec.nodes.size());
    for (std::size_t i = 0; i < m_featureNodes.size(); ++i)
        values[m_featureNodes[i]] = features.at(i);
    run(values, training, m_fixedNode, nullptr);
    return outputsOf(values);
}

torch::Tensor GraphModule::forwardFromCut(const torch::Tensor& images, const std::string& node,
                                          torch::Tensor& cut) const {
    std::vector<torch::Tensor> values(m_spec.nodes.size());
    bool below = false;
    for (std::size_t i = 0; i < m_spec.nodes.size(); ++i) {
        at::AutoGradMode gradients(below);
        std::vector<torch::Tensor> inputs;
        for (const std::size_t input : m_inputsOf[i])
            inputs.push_back(values[input]);
        values[i] = m_spec.nodes[i].op == Op::Input ? images : watched(compute(i, inputs, false, false));
        if (m_spec.nodes[i].id == node) {
            cut = values[i].detach();
            cut.requires_grad_(true);
            values[i] = cut;
            below = true;
        }
        if (m_spec.nodes[i].id == m_spec.outputs[0].node)
            return values[i];
    }
    return {};
}

void GraphModule::enableTraining(std::size_t frozen, const std::optional<FineTuneSettings>& rates) {
    for (std::size_t i = 0; i < m_frozenNode.size(); ++i)
        m_frozenNode[i] = i < frozen;
    m_fixedNode = fixedNodes(m_spec, frozen);
    m_featureNodes = sightline::featureNodes(m_spec, m_fixedNode);
    const std::vector<double> factors = rateFactors(m_spec, rates);
    std::int64_t together = 0;
    for (Entry& entry : m_entries) {
        entry.frozen = m_frozenNode[entry.node];
        entry.rate = factors[entry.node];
        entry.view = entry.view.detach();
        entry.gradientOffset = -1;
        if (!entry.spec.trainable || entry.frozen || entry.view.numel() >= kOwnGradient)
            continue;
        entry.gradientOffset = together;
        together += entry.view.numel();
    }
    m_gradients = torch::zeros({together}, torch::kFloat);
    for (Entry& entry : m_entries) {
        if (!entry.spec.trainable || entry.frozen)
            continue;
        entry.view.requires_grad_(true);
        if (entry.gradientOffset >= 0)
            entry.view.mutable_grad() =
                shaped(m_gradients.narrow(0, entry.gradientOffset, entry.view.numel()), entry.spec.shape);
    }
}

std::vector<GraphModule::Stretch> GraphModule::trainableStretches() {
    std::vector<Stretch> stretches;
    for (Entry& entry : m_entries) {
        if (!entry.spec.trainable || entry.frozen)
            continue;
        torch::Tensor& gradient = entry.view.mutable_grad();
        if (!gradient.defined()) // nothing led to it
            gradient = torch::zeros_like(entry.view);
        const std::int64_t count = entry.view.numel();
        auto* values = gradient.data_ptr<float>(); // autograd gives it the strides of the weight
        Stretch* last = stretches.empty() ? nullptr : &stretches.back();
        if (last && last->offset + last->count == entry.offset && last->gradients + last->count == values &&
            last->rate == entry.rate)
            last->count += count;
        else
            stretches.push_back({entry.offset, count, entry.rate, values});
    }
    return stretches;
}

void GraphModule::setBatchNormEpsilon(double epsilon) {
    for (Node& node : m_spec.nodes) {
        if (node.op == Op::BatchNorm)
            node.attributes["eps"] = epsilon;
    }
}

std::optional<double> GraphModule::batchNormEpsilon() const {
    std::optional<double> common;
    for (const Node& node : m_spec.nodes) {
        if (node.op != Op::BatchNorm)
            continue;
        const double epsilon = numberAttribute(node, "eps", 1e-5);
        if (common && *common != epsilon)
            return {};
        common = epsilon;
    }
    return common;
}

void GraphModule::zeroGradients() {
    torch::NoGradGuard noGrad;
    m_gradients.zero_();
    for (Entry& entry : m_entries) {
        if (entry.gradientOffset < 0 && entry.spec.trainable && !entry.frozen)
            entry.view.mutable_grad().reset();
    }
}

bool GraphModule::isFinite() const {
    const auto finite = [](const torch::Tensor& flat) { return torch::isfinite(flat).all().item<bool>(); };
    return finite(m_parameters) && finite(m_statistics);
}

} // namespace sightline::engine
