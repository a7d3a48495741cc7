// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

#include "network/Attributes.h"
#include "network/GraphSpec.h"
#include "network/NodeCost.h"

namespace sightline {

namespace {

/// Beyond this nothing fits a machine; products of four such numbers are checked as they are made.
constexpr std::int64_t kLargestExtent = std::int64_t{1} << 24;
constexpr std::int64_t kLargestTensor = std::int64_t{1} << 40;

/// a * b, or a number too large for any tensor.
std::int64_t times(std::int64_t a, std::int64_t b) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product))
        return std::numeric_limits<std::int64_t>::max();
    return product;
}

std::int64_t plus(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

std::string described(const Shape& shape) {
    std::string text;
    for (const std::int64_t extent : shape)
        text += (text.empty() ? "" : " x ") + std::to_string(extent);
    return text;
}

std::int64_t elements(const Shape& shape) {
    std::int64_t product = 1;
    for (const std::int64_t extent : shape)
        product = times(product, extent);
    return product;
}

std::int64_t sameTotal(std::int64_t extent, std::int64_t kernel, std::int64_t stride, std::int64_t dilation) {
    const std::int64_t out = (extent + stride - 1) / stride;
    return std::max<std::int64_t>((out - 1) * stride + (kernel - 1) * dilation + 1 - extent, 0);
}

/// Pixels missing to the last window that starts inside (torch's ceil_mode).
int ceilTotal(std::int64_t extent, std::int64_t kernel, std::int64_t stride) {
    if (extent < kernel)
        return 0;
    const std::int64_t steps = (extent - kernel + stride - 1) / stride;
    const std::int64_t last = steps * stride < extent ? steps : steps - 1;
    return static_cast<int>(std::max<std::int64_t>(last * stride + kernel - extent, 0));
}

/// Shape and costs of one node from its inputs' shapes.
class NodeShaper {
public:
    NodeShaper(const Node& node, std::vector<const Shape*> inputs) : m_node(node), m_inputs(std::move(inputs)) {}

    Result<NodeCost> cost() const {
        if (const std::string complaint = wrongInputs(); !complaint.empty())
            return fault(complaint);
        switch (m_node.op) {
        case Op::Conv2d:
            return convolution();
        case Op::MaxPool:
        case Op::AvgPool:
            return pool();
        case Op::BatchNorm:
            return normalisation(2);
        case Op::LayerNorm:
            return normalisation(0);
        case Op::ChannelScale:
            return perChannel(1, 0, 1);
        case Op::GlobalAvgPool:
            return elementwise({first()[0]}, elements(first()));
        case Op::AdaptiveAvgPool:
        case Op::RandomCrop:
            return sized();
        case Op::Flatten:
            return elementwise({elements(first())}, 0);
        case Op::Dense:
            return dense();
        case Op::Dropout:
            return rated();
        case Op::Add:
            return sum();
        case Op::Multiply:
            return product();
        case Op::Concat:
            return concatenation();
        case Op::Activation:
            return activation();
        case Op::LocalResponseNorm:
            return localResponseNorm();
        case Op::RandomContrast:
        case Op::Rescale:
        case Op::Input:
            break;
        }
        return elementwise(first(), elements(first()));
    }

private:
    const Shape& first() const { return *m_inputs[0]; }

    Error fault(const std::string& message) const {
        return badInput(m_node.id + " (" + nameOf(m_node.op) + "): " + message);
    }

    std::string wrongInputs() const {
        std::size_t least = 1, most = 1;
        if (m_node.op == Op::Add || m_node.op == Op::Concat)
            most = 1000;
        if (m_node.op == Op::Add || m_node.op == Op::Multiply)
            least = 2;
        if (m_node.op == Op::Multiply)
            most = 2;
        if (m_inputs.size() < least || m_inputs.size() > most)
            return "takes " +
                   std::string(most == 1    ? "one input"
                               : most == 2  ? "two inputs"
                               : least == 2 ? "two or more inputs"
                                            : "one or more inputs") +
                   ", not " + std::to_string(m_inputs.size()) + ".";
        switch (m_node.op) {
        case Op::Conv2d:
        case Op::MaxPool:
        case Op::AvgPool:
        case Op::GlobalAvgPool:
        case Op::AdaptiveAvgPool:
        case Op::RandomCrop:
        case Op::RandomContrast:
        case Op::LocalResponseNorm:
            if (first().size() != 3)
                return "needs an image (channels x height x width), but a vector of " + described(first()) +
                       " comes from " + m_node.inputs[0] + "; put it before the flatten.";
            break;
        case Op::Dense:
            if (first().size() != 1)
                return "needs a vector, but " + described(first()) + " comes from " + m_node.inputs[0] +
                       "; put a flatten or global_avg_pool before it.";
            break;
        default:
            break;
        }
        return {};
    }

    Result<NodeCost> elementwise(Shape shape, std::int64_t multiplyAdds) const {
        NodeCost cost;
        cost.output = std::move(shape);
        cost.multiplyAdds = multiplyAdds;
        return cost;
    }

    Result<NodeCost> window(std::int64_t channels, std::array<std::int64_t, 2> kernel,
                            std::array<std::int64_t, 2> stride, std::array<std::int64_t, 2> dilation) const {
        for (int axis = 0; axis < 2; ++axis) {
            const auto a = static_cast<std::size_t>(axis);
            if (kernel[a] < 1 || stride[a] < 1 || dilation[a] < 1 || kernel[a] > 4096 || stride[a] > 4096 ||
                dilation[a] > 4096)
                return fault("kernel, stride and dilation must be 1 to 4096.");
        }
        const Result<Padding> padding =
            resolvedPadding(m_node, static_cast<int>(first()[1]), static_cast<int>(first()[2]));
        if (!padding)
            return padding.error();
        const std::array<std::int64_t, 2> padded = {first()[1] + padding->top + padding->bottom,
                                                    first()[2] + padding->left + padding->right};
        Shape out{channels, 0, 0};
        for (std::size_t axis = 0; axis < 2; ++axis) {
            const std::int64_t reach = (kernel[axis] - 1) * dilation[axis] + 1;
            if (padded[axis] < reach)
                return fault("a " + std::to_string(kernel[0]) + " x " + std::to_string(kernel[1]) +
                             " window does not fit the " + std::to_string(first()[1]) + " x " +
                             std::to_string(first()[2]) + " image it receives; use a larger input or fewer layers.");
            out[axis + 1] = (padded[axis] - reach) / stride[axis] + 1;
        }
        NodeCost cost;
        cost.output = std::move(out);
        return cost;
    }

    Result<NodeCost> convolution() const {
        const std::int64_t filters = wholeAttribute(m_node, "filters", 0);
        const std::int64_t groups = wholeAttribute(m_node, "groups", 1);
        if (filters < 1 || filters > kLargestExtent)
            return fault("filters must be 1 to " + std::to_string(kLargestExtent) + ".");
        if (groups < 1 || first()[0] % groups != 0 || filters % groups != 0)
            return fault(std::to_string(groups) + " groups do not divide " + std::to_string(first()[0]) +
                         " channels into " + std::to_string(filters) + " filters.");
        const auto kernel = pairAttribute(m_node, "kernel", {0, 0});
        Result<NodeCost> cost =
            window(filters, kernel, pairAttribute(m_node, "stride", {1, 1}), pairAttribute(m_node, "dilation", {1, 1}));
        if (!cost)
            return cost;
        const std::int64_t perFilter = times(times(kernel[0], kernel[1]), first()[0] / groups);
        const bool bias = boolAttribute(m_node, "bias", true);
        cost->parameters = plus(times(perFilter, filters), bias ? filters : 0);
        cost->multiplyAdds = times(perFilter, elements(cost->output));
        return cost;
    }

    Result<NodeCost> pool() const {
        const auto kernel = pairAttribute(m_node, "kernel", {0, 0});
        Result<NodeCost> cost = window(first()[0], kernel, pairAttribute(m_node, "stride", kernel), {1, 1});
        if (!cost)
            return cost;
        const Padding padding =
            resolvedPadding(m_node, static_cast<int>(first()[1]), static_cast<int>(first()[2])).value();
        if (std::max(padding.top, padding.bottom) >= kernel[0] || std::max(padding.left, padding.right) >= kernel[1])
            return fault("its padding is as large as its " + std::to_string(kernel[0]) + " x " +
                         std::to_string(kernel[1]) +
                         " window, so a window could contain no pixel; use less padding than the window.");
        cost->multiplyAdds = times(times(kernel[0], kernel[1]), elements(cost->output));
        return cost;
    }

    Result<NodeCost> perChannel(std::int64_t parameters, std::int64_t stats, std::int64_t operations) const {
        NodeCost cost;
        cost.output = first();
        cost.parameters = parameters * first()[0];
        cost.runningStats = stats * first()[0];
        cost.multiplyAdds = times(operations, elements(first()));
        return cost;
    }

    Result<NodeCost> normalisation(std::int64_t stats) const {
        const double eps = numberAttribute(m_node, "eps", 1e-5), momentum = numberAttribute(m_node, "momentum", 0.1);
        if (!(eps > 0 && eps <= 1) || !(momentum >= 0 && momentum <= 1))
            return fault("eps must be above 0 and momentum from 0 to 1, both at most 1.");
        return perChannel(2, stats, 2);
    }

    Result<NodeCost> localResponseNorm() const {
        const std::int64_t size = wholeAttribute(m_node, "size", 5);
        if (size < 1 || size > 4096)
            return fault("size must be 1 to 4096 channels.");
        return elementwise(first(), times(size, elements(first())));
    }

    Result<NodeCost> sized() const {
        const auto size = pairAttribute(m_node, "size", {0, 0});
        if (size[0] < 1 || size[1] < 1 || size[0] > 65536 || size[1] > 65536)
            return fault("size must be [height, width], 1 to 65536.");
        if (m_node.op == Op::RandomCrop && (size[0] > first()[1] || size[1] > first()[2]))
            return fault("a crop of " + std::to_string(size[0]) + " x " + std::to_string(size[1]) +
                         " is larger than the " + std::to_string(first()[1]) + " x " + std::to_string(first()[2]) +
                         " image it receives.");
        return elementwise({first()[0], size[0], size[1]}, elements(first()));
    }

    Result<NodeCost> dense() const {
        const std::int64_t units = wholeAttribute(m_node, "units", 0);
        if (units < 1 || units > kLargestExtent)
            return fault("units must be 1 to " + std::to_string(kLargestExtent) + ".");
        NodeCost cost;
        cost.output = {units};
        cost.multiplyAdds = times(units, first()[0]);
        cost.parameters = plus(cost.multiplyAdds, boolAttribute(m_node, "bias", true) ? units : 0);
        return cost;
    }

    Result<NodeCost> rated() const {
        const double rate = numberAttribute(m_node, "rate", -1);
        if (!(rate >= 0 && rate < 1))
            return fault("rate must be at least 0 and below 1.");
        return elementwise(first(), 0);
    }

    Result<NodeCost> sum() const {
        for (std::size_t i = 1; i < m_inputs.size(); ++i) {
            if (*m_inputs[i] != first())
                return fault("adds " + described(first()) + " from " + m_node.inputs[0] + " and " +
                             described(*m_inputs[i]) + " from " + m_node.inputs[i] + "; the shapes must be equal.");
        }
        if (const auto scales = m_node.attributes.find("scales");
            scales != m_node.attributes.end() && (!scales->is_array() || scales->size() != m_inputs.size()))
            return fault("scales must have one number per input.");
        return elementwise(first(), times(static_cast<std::int64_t>(m_inputs.size()), elements(first())));
    }

    Result<NodeCost> product() const {
        const Shape& factor = *m_inputs[1];
        const bool perChannelFactor =
            first().size() == 3 && (factor == Shape{first()[0]} || factor == Shape{first()[0], 1, 1});
        if (factor != first() && !perChannelFactor)
            return fault("multiplies " + described(first()) + " by " + described(factor) +
                         "; use equal shapes or one factor per channel.");
        return elementwise(first(), elements(first()));
    }

    Result<NodeCost> concatenation() const {
        Shape out = first();
        for (std::size_t i = 1; i < m_inputs.size(); ++i) {
            const Shape& other = *m_inputs[i];
            if (other.size() != out.size() || !std::equal(other.begin() + 1, other.end(), out.begin() + 1))
                return fault("joins " + described(first()) + " from " + m_node.inputs[0] + " and " + described(other) +
                             " from " + m_node.inputs[i] + "; height and width must be equal.");
            out[0] = plus(out[0], other[0]);
        }
        return elementwise(out, 0);
    }

    Result<NodeCost> activation() const {
        static constexpr std::array<const char*, 9> kKinds = {"relu", "relu6", "leaky_relu", "sigmoid",    "tanh",
                                                              "silu", "gelu",  "hardswish",  "hardsigmoid"};
        const std::string kind = textAttribute(m_node, "kind", "");
        if (std::none_of(kKinds.begin(), kKinds.end(), [&](const char* known) { return kind == known; }))
            return fault("'" + kind +
                         "' is not an activation; use relu, relu6, leaky_relu, sigmoid, tanh, silu, gelu, hardswish or "
                         "hardsigmoid.");
        return elementwise(first(), elements(first()));
    }

    const Node& m_node;
    std::vector<const Shape*> m_inputs;
};

Result<std::vector<const Shape*>>
inputShapes(const Node& node, const std::unordered_map<std::string, std::size_t>& position, const GraphCost& cost) {
    std::vector<const Shape*> shapes;
    for (const std::string& input : node.inputs) {
        const auto it = position.find(input);
        if (it == position.end())
            return badInput(node.id + " (" + nameOf(node.op) + "): its input '" + shown(input) +
                            "' is not a node before it.");
        shapes.push_back(&cost.nodes[it->second].output);
    }
    return shapes;
}

void total(GraphCost& cost, NodeCost node) {
    node.activationBytes = times(elements(node.output), 4);
    cost.parameters = plus(cost.parameters, node.parameters);
    cost.runningStats = plus(cost.runningStats, node.runningStats);
    cost.multiplyAdds = plus(cost.multiplyAdds, node.multiplyAdds);
    cost.activationBytes = plus(cost.activationBytes, node.activationBytes);
    cost.nodes.push_back(std::move(node));
}

} // namespace

Result<NodeCost> costOf(const Node& node, const std::vector<const Shape*>& inputs) {
    return NodeShaper(node, inputs).cost();
}

Result<Padding> resolvedPadding(const Node& node, int height, int width) {
    const auto it = node.attributes.find("padding");
    if (it == node.attributes.end())
        return Padding{};
    const auto wrong = [&] {
        return badInput(
            node.id + " (" + nameOf(node.op) +
            "): padding must be \"valid\", \"same\", \"ceil\" (pools), or 1, 2 or 4 whole numbers of 0 to 4096.");
    };
    if (it->is_string()) {
        if (*it == "valid")
            return Padding{};
        const bool ceil = *it == "ceil" && node.op != Op::Conv2d;
        if (*it != "same" && !ceil)
            return wrong();
        const auto kernel = pairAttribute(node, "kernel", {1, 1});
        const auto stride =
            pairAttribute(node, "stride", node.op == Op::Conv2d ? std::array<std::int64_t, 2>{1, 1} : kernel);
        const auto dilation = pairAttribute(node, "dilation", {1, 1});
        if (stride[0] < 1 || stride[1] < 1)
            return wrong();
        if (ceil)
            return Padding{0, ceilTotal(height, kernel[0], stride[0]), 0, ceilTotal(width, kernel[1], stride[1])};
        const auto vertical = static_cast<int>(sameTotal(height, kernel[0], stride[0], dilation[0]));
        const auto horizontal = static_cast<int>(sameTotal(width, kernel[1], stride[1], dilation[1]));
        return Padding{vertical / 2, vertical - vertical / 2, horizontal / 2, horizontal - horizontal / 2};
    }
    std::vector<int> numbers;
    const Json list = it->is_array() ? *it : Json::array({*it});
    for (const Json& item : list) {
        if (!item.is_number_integer() || item.get<double>() < 0 || item.get<double>() > 4096)
            return wrong();
        numbers.push_back(item.get<int>());
    }
    switch (numbers.size()) {
    case 1:
        return Padding{numbers[0], numbers[0], numbers[0], numbers[0]};
    case 2:
        return Padding{numbers[0], numbers[0], numbers[1], numbers[1]};
    case 4:
        return Padding{numbers[0], numbers[1], numbers[2], numbers[3]};
    default:
        return wrong();
    }
}

GraphCost shapesUntilFault(const GraphSpec& spec, std::vector<GraphFault>& faults) {
    GraphCost cost;
    std::unordered_map<std::string, std::size_t> position;
    const auto refuse = [&](const Node& node, const std::string& message) { faults.push_back({node.id, message}); };
    for (const Node& node : spec.nodes) {
        NodeCost result;
        if (cost.nodes.empty() != (node.op == Op::Input)) {
            refuse(node, node.op == Op::Input ? node.id + ": a network has one input, its first node."
                                              : node.id + ": the first node must be the input.");
            return cost;
        }
        if (position.count(node.id)) {
            refuse(node, node.id + ": two nodes have this id.");
            return cost;
        }
        if (node.op == Op::Input) {
            result.output = {spec.channels, spec.height, spec.width};
        } else {
            const auto inputs = inputShapes(node, position, cost);
            if (!inputs) {
                refuse(node, inputs.error().message);
                return cost;
            }
            Result<NodeCost> shaped = costOf(node, *inputs);
            if (!shaped) {
                refuse(node, shaped.error().message);
                return cost;
            }
            result = std::move(*shaped);
        }
        if (elements(result.output) > kLargestTensor || result.parameters > kLargestTensor) {
            refuse(node, node.id + ": " + described(result.output) + " is larger than any machine's memory.");
            return cost;
        }
        position[node.id] = cost.nodes.size();
        total(cost, std::move(result));
    }
    for (const Output& output : spec.outputs) {
        const auto it = position.find(output.node);
        if (it == position.end())
            faults.push_back({output.node, "The output '" + shown(output.name) + "' names the node '" +
                                               shown(output.node) + "', which does not exist."});
        else if (cost.nodes[it->second].output.size() != 1)
            faults.push_back({output.node, output.node + ": an output must be a vector of class scores, not " +
                                               described(cost.nodes[it->second].output) + "."});
    }
    if (spec.outputs.empty())
        faults.push_back({"", "The network has no output."});
    return cost;
}

Result<GraphCost> shapes(const GraphSpec& spec) {
    std::vector<GraphFault> faults;
    GraphCost cost = shapesUntilFault(spec, faults);
    if (!faults.empty())
        return badInput(faults.front().message);
    return cost;
}

} // namespace sightline
