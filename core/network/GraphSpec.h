// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/Json.h"
#include "support/Result.h"

namespace sightline {

/// What a node computes. Attributes (JSON names, defaults) are documented in core/network/README.md.
enum class Op {
    Input,             ///< the image; exactly one, id "input"
    Conv2d,            ///< filters, kernel [h, w], stride, padding, dilation, groups, bias; weight OIHW
    BatchNorm,         ///< eps, momentum (torch's)
    LayerNorm,         ///< over channels, eps
    Activation,        ///< kind: relu, relu6, leaky_relu (slope), sigmoid, tanh, silu, gelu, hardswish, hardsigmoid
    MaxPool,           ///< kernel, stride, padding
    AvgPool,           ///< kernel, stride, padding; counts real pixels only
    GlobalAvgPool,     ///< -> [C]
    AdaptiveAvgPool,   ///< size [h, w]
    Flatten,           ///< -> [C * H * W], channel-major as torch
    Dense,             ///< units, bias; weight [out, in]
    Dropout,           ///< rate
    Add,               ///< sum of inputs, each times scales[i] (default 1)
    Multiply,          ///< elementwise, broadcasting [C] or [C, 1, 1] over height and width
    Concat,            ///< along channels
    LocalResponseNorm, ///< size, alpha, beta, k (torch's)
    ChannelScale,      ///< one learned factor a channel (ConvNeXt's gamma): initial
    RandomCrop,        ///< size [h, w]: random in training, resized at inference (SPEC 1.12)
    RandomContrast,    ///< factor
    Rescale            ///< x * scale + offset
};

const char* nameOf(Op op);

/// Explicit padding in pixels.
struct Padding {
    int top = 0, bottom = 0, left = 0, right = 0;
    bool operator==(const Padding&) const = default;
};

/// One operation. `attributes` holds what differs from the operation's defaults.
struct Node {
    std::string id; ///< the public weight name: `<id>.weight`, `<id>.bias` ...
    Op op = Op::Input;
    Json attributes = Json::object();
    std::vector<std::string> inputs; ///< ids of earlier nodes

    bool operator==(const Node&) const = default;
};

struct Output {
    std::string name = "main";
    std::string node;
    double lossWeight = 1.0; ///< the first output is the main one

    bool operator==(const Output&) const = default;
};

/// How fresh weights are drawn (SPEC 5.7).
enum class Initializer {
    GlorotUniform, ///< Keras'
    TorchDefault,
    KaimingNormalFanOut,       ///< dense layers as torch has them (torchvision's ResNet)
    TruncatedNormal002,        ///< ConvNeXt's
    KaimingUniform,            ///< SqueezeNet's
    KaimingNormalFanIn,        ///< torchvision's DenseNet
    KaimingNormalSmallDense,   ///< by fan-out, dense layers normal with deviation 0.01 (torchvision's MobileNets)
    KaimingNormalUniformDense, ///< by fan-out, dense layers uniform by their units (torchvision's EfficientNet)
    GroupNormalUniformDense    ///< the same by the fan-out of a group (TensorFlow's and timm's EfficientNet)
};

/// A network as plain data. Nodes come in topological order.
struct GraphSpec {
    std::string name;
    int height = 0, width = 0, channels = 3; ///< the input
    std::vector<Node> nodes;
    std::vector<Output> outputs;
    Initializer initializer = Initializer::GlorotUniform;
    std::string preprocessing = "rescale"; ///< the normalization preset its public weights expect

    const Node* find(const std::string& id) const;
    bool operator==(const GraphSpec&) const = default;
};

/// Shape of a node's output: [C, H, W] or [C].
using Shape = std::vector<std::int64_t>;

/// What one node costs for one image.
struct NodeCost {
    Shape output;
    std::int64_t parameters = 0;   ///< weights and biases, batch-norm scale and shift
    std::int64_t runningStats = 0; ///< moving means and variances
    std::int64_t multiplyAdds = 0;
    std::int64_t activationBytes = 0; ///< of its output, float32
};

struct GraphCost {
    std::vector<NodeCost> nodes; ///< parallel to GraphSpec::nodes
    std::int64_t parameters = 0;
    std::int64_t runningStats = 0;
    std::int64_t multiplyAdds = 0;
    std::int64_t activationBytes = 0;
};

/// A fault in a graph: the node, what arrived and what would fit.
struct GraphFault {
    std::string node;
    std::string message;
};

/// Shapes and costs of every node, without a tensor. The error names the node ("pool4: a 2 x 2 window does not fit 1 x
/// 1 ...").
Result<GraphCost> shapes(const GraphSpec& spec);
/// As far as it goes: shapes of the nodes before the fault, and the fault; for tables that mark the layer.
GraphCost shapesUntilFault(const GraphSpec& spec, std::vector<GraphFault>& faults);

Json toJson(const GraphSpec& spec);
Result<GraphSpec> graphFromJson(const Json& json);
/// A network of a person's own: a JSON file of at most 8 MB and 20,000 nodes.
Result<GraphSpec> readGraph(const std::filesystem::path& file);

/// The tensors a graph has, in order: name as in files, and shape.
struct TensorSpec {
    std::string name;
    std::vector<std::int64_t> shape;
    bool trainable = true; ///< false: running statistics
};
std::vector<TensorSpec> tensorsOf(const GraphSpec& spec, const GraphCost& cost);

/// Whether nodes of an operation have tensors of their own.
bool hasWeights(Op op);

/// The shape of what an output gives; empty where it names no node.
Shape outputShape(const GraphSpec& spec, const GraphCost& cost, const Output& output);

/// For each node, whether `node`'s value depends on it (itself included).
std::vector<bool> nodesBefore(const GraphSpec& spec, const std::string& node);

/// For each node, whether it makes the scores of an output: the last node with weights on each way to it. Weights for
/// other classes have another shape here and nowhere else.
std::vector<bool> classifierNodes(const GraphSpec& spec);

/// How many nodes from the front are the base: up to the last convolution of the main output that makes no scores, and
/// the normalisation that follows it. What comes after is the head, auxiliary outputs included. 0 where there is no
/// convolution.
std::size_t baseEnd(const GraphSpec& spec);

/// The node a heat map is taken at by default: the last activation after the last convolution (after batch-norm and a
/// residual sum, before pooling); empty where there is no convolution (CLI.md, Heat maps).
std::string defaultHeatMapNode(const GraphSpec& spec);

/// Resolves "padding" of a convolution or pool: "valid", "same" (TensorFlow: extra pixel at bottom and right), "ceil"
/// (pools: torch's ceil_mode, the last window may reach over the bottom and right), a number, [vertical, horizontal],
/// or [top, bottom, left, right].
Result<Padding> resolvedPadding(const Node& node, int height, int width);

} // namespace sightline
