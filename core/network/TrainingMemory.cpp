// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/TrainingMemory.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <unordered_map>
#include <vector>

#include "network/Attributes.h"

namespace sightline {

namespace {

/// Measured on LibTorch 1.13: the process after its first step with a tiny network.
constexpr std::int64_t kLibraries = std::int64_t{185} << 20;
/// What convolutions reorder for themselves and what the allocator cannot use again, on top of the tape: 1.04 to 1.43
/// measured.
constexpr double kSpread = 1.2;
/// Batches a loader with one thread keeps ready, and the one in use.
constexpr std::int64_t kRing = 4;

std::int64_t elements(const Shape& shape) {
    return std::accumulate(shape.begin(), shape.end(), std::int64_t{1},
                           [](std::int64_t a, std::int64_t b) { return a * b; });
}

/// What the backward pass of a network needs of its forward pass, as autograd keeps it. All sizes are elements of one
/// image.
class Tape {
public:
    Tape(const GraphSpec& spec, const GraphCost& cost, std::size_t frozen)
        : m_spec(spec), m_cost(cost), m_frozen(frozen) {
        const std::size_t count = spec.nodes.size();
        std::unordered_map<std::string, std::size_t> position;
        m_inputs.resize(count);
        m_readers.assign(count, 0);
        m_isPooled.assign(count, false);
        m_kept.assign(count, false);
        m_extra.assign(count, 0);
        m_storage.resize(count);
        std::iota(m_storage.begin(), m_storage.end(), std::size_t{0});
        for (std::size_t i = 0; i < count; ++i) {
            position[spec.nodes[i].id] = i;
            for (const std::string& input : spec.nodes[i].inputs) {
                m_inputs[i].push_back(position.at(input));
                ++m_readers[position.at(input)];
                m_isPooled[position.at(input)] = spec.nodes[i].op == Op::MaxPool;
            }
        }
        std::vector<bool> learns(count, false); // depends on a weight that trains
        for (std::size_t i = 1; i < count; ++i) {
            learns[i] =
                (i >= frozen && hasWeights(spec.nodes[i].op)) ||
                std::any_of(m_inputs[i].begin(), m_inputs[i].end(), [&](std::size_t input) { return learns[input]; });
            if (learns[i])
                record(i);
        }
    }

    /// Elements alive at the worst moment of a step.
    double peak() const {
        std::vector<double> keptHere(m_kept.size(), 0);
        for (std::size_t i = 0; i < m_kept.size(); ++i) {
            keptHere[i] += m_extra[i];
            if (m_kept[i])
                keptHere[i] += size(i);
        }
        double kept = 0, worst = 0;
        for (std::size_t i = 0; i < keptHere.size(); ++i) {
            kept += keptHere[i];
            // In the backward pass of node i what came before is still there, its gradients come and go; in the forward
            // pass its output stands beside what it is made of.
            worst = std::max(worst, kept + passing(i));
        }
        return worst;
    }

private:
    double size(std::size_t node) const { return static_cast<double>(elements(m_cost.nodes[node].output)); }
    void keep(std::size_t node) { m_kept[m_storage[node]] = true; }

    double passing(std::size_t node) const {
        double sum = size(node);
        for (const std::size_t input : m_inputs[node])
            sum += size(input);
        return sum;
    }

    /// A ReLU overwrites what a convolution, batch-norm or sum wrote for it alone.
    bool overwrites(std::size_t node) const {
        const std::size_t input = m_inputs[node][0];
        const Op producer = m_spec.nodes[input].op;
        return m_readers[input] == 1 && (producer == Op::Conv2d || producer == Op::BatchNorm || producer == Op::Add);
    }

    void recordActivation(std::size_t node) {
        const std::string kind = textAttribute(m_spec.nodes[node], "kind", "relu");
        if (isOnePass(node, kind))
            return;
        if ((kind == "relu" || kind == "relu6") && overwrites(node)) {
            m_storage[node] = m_storage[m_inputs[node][0]];
            keep(node);
        } else if (kind == "relu" || kind == "sigmoid" || kind == "tanh") {
            keep(node);
        } else {
            keep(m_inputs[node][0]);
        }
    }

    /// Batch-norm and activation, or ReLU and maximum pooling (engine/module/Fusions.h): neither what lies between them
    /// nor their value is kept.
    bool isOnePass(std::size_t node, const std::string& kind) const {
        const std::size_t input = m_inputs[node][0];
        const bool withNorm = m_spec.nodes[input].op == Op::BatchNorm && input >= m_frozen && m_readers[input] == 1 &&
                              (kind == "relu" || kind == "relu6" || kind == "silu" || kind == "hardswish");
        return withNorm || (kind == "relu" && m_isPooled[node] && m_readers[node] == 1);
    }

    void record(std::size_t node) {
        const Node& spec = m_spec.nodes[node];
        switch (spec.op) {
        case Op::Conv2d:
        case Op::BatchNorm:
        case Op::LayerNorm:
        case Op::Dense:
        case Op::ChannelScale:
        case Op::AvgPool:
        case Op::AdaptiveAvgPool:
            keep(m_inputs[node][0]);
            break;
        case Op::MaxPool:
            m_extra[node] = size(node) / 2; // the places of the maxima, a byte each
            break;
        case Op::Dropout:
            m_extra[node] = size(node);
            break;
        case Op::Multiply:
            keep(m_inputs[node][0]);
            keep(m_inputs[node][1]);
            break;
        case Op::LocalResponseNorm:
            keep(m_inputs[node][0]);
            m_extra[node] = 5 * size(node);
            break;
        case Op::Activation:
            recordActivation(node);
            break;
        case Op::Input:
        case Op::GlobalAvgPool:
        case Op::Flatten:
        case Op::Add:
        case Op::Concat:
        case Op::RandomCrop:
        case Op::RandomContrast:
        case Op::Rescale:
            break;
        }
    }

    const GraphSpec& m_spec;
    const GraphCost& m_cost;
    std::size_t m_frozen;
    std::vector<std::vector<std::size_t>> m_inputs;
    std::vector<int> m_readers;
    std::vector<bool> m_isPooled;       ///< read by a maximum pooling, the last of its readers
    std::vector<bool> m_kept;           ///< by storage
    std::vector<double> m_extra;        ///< kept beside the output
    std::vector<std::size_t> m_storage; ///< the node whose memory a node's output lies in
};

} // namespace

TrainingMemory trainingMemory(const GraphSpec& spec, const GraphCost& cost, const TrainingMemoryRequest& request) {
    TrainingMemory memory;
    const std::int64_t parameters = cost.parameters * 4;
    memory.libraries = kLibraries;
    memory.weights = parameters + cost.runningStats * 4 + (request.bf16 ? cost.parameters * 2 : 0);
    // In bfloat16 a layer's gradient is there in both widths for a moment.
    std::int64_t largestLayer = 0, trainable = 0;
    for (std::size_t i = request.frozen; i < cost.nodes.size(); ++i) {
        largestLayer = std::max(largestLayer, cost.nodes[i].parameters);
        trainable += cost.nodes[i].parameters;
    }
    memory.gradients = trainable * 4 + (request.bf16 ? largestLayer * 2 : 0);
    memory.moments = 2 * parameters; // both are there for every optimiser
    const double perElement = request.bf16 ? 2 : 4;
    memory.activations =
        static_cast<std::int64_t>(Tape(spec, cost, request.frozen).peak() * kSpread * perElement * request.batch);
    memory.batches = kRing * request.batch * std::int64_t{4} * spec.height * spec.width * spec.channels;
    return memory;
}

int largestBatch(const GraphSpec& spec, const GraphCost& cost, TrainingMemoryRequest request, std::int64_t freeBytes) {
    int fits = 0, fails = 65537;
    while (fails - fits > 1) {
        request.batch = fits + (fails - fits) / 2;
        (trainingMemory(spec, cost, request).total() <= freeBytes ? fits : fails) = request.batch;
    }
    return fits;
}

} // namespace sightline
