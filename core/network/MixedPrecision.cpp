// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/MixedPrecision.h"

#include "network/Attributes.h"

namespace sightline {

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
        const std::string kind = node.op == Op::Activation ? textAttribute(node, "kind", "") : "relu";
        if (kind != "relu" &&
            kind != "gelu") // LibTorch 1.13 has no bfloat16 backward for hardtanh, slow ones for others
            return false;
        if (node.op == Op::Conv2d && wholeAttribute(node, "groups", 1) != 1)
            grouped += cost->nodes[i].multiplyAdds;
    }
    constexpr std::int64_t kFew = 25;
    return grouped * kFew <= cost->multiplyAdds; // grouped convolutions are computed in float32
}

} // namespace sightline
