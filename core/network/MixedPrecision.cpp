// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/MixedPrecision.h"

#include "network/Attributes.h"

namespace sightline {

namespace {

/// Over whole images: our own passes (engine/module), and LibTorch's where they are as fast in bfloat16.
bool isFast(const std::string& kind) {
    for (const char* fast : {"relu", "relu6", "gelu", "silu", "hardswish"})
        if (kind == fast)
            return true;
    return false;
}

} // namespace

bool usesBf16(Precision precision, const GraphSpec& spec) {
    if (precision != Precision::Auto)
        return precision == Precision::Bf16;
    if (!__builtin_cpu_supports("avx512bf16"))
        return false;
    const Result<GraphCost> cost = shapes(spec);
    if (!cost)
        return false;
    std::int64_t grouped = 0;
    for (std::size_t i = 0; i < spec.nodes.size(); ++i) {
        const Node& node = spec.nodes[i];
        const Shape& output = cost->nodes[i].output;
        if (node.op == Op::Activation && output.size() == 3 && output[1] * output[2] > 1 &&
            !isFast(textAttribute(node, "kind", "relu")))
            return false;
        const std::int64_t groups = node.op == Op::Conv2d ? wholeAttribute(node, "groups", 1) : 1;
        if (groups != 1 && groups != output.front())
            grouped += cost->nodes[i].multiplyAdds;
    }
    constexpr std::int64_t kFew = 25;
    return grouped * kFew <= cost->multiplyAdds; // grouped convolutions are computed in float32
}

} // namespace sightline
