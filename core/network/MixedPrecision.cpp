// SPDX-License-Identifier: GPL-3.0-or-later
#include "network/MixedPrecision.h"

#include "network/Attributes.h"

namespace sightline {

bool usesBf16(Precision precision, const GraphSpec& spec) {
    if (precision != Precision::Auto)
        return precision == Precision::Bf16;
    if (!__builtin_cpu_supports("avx512bf16"))
        return false;
    for (const Node& node : spec.nodes) {
        // LibTorch 1.13 has no bfloat16 backward for hardtanh and no fast one for grouped convolutions.
        if (node.op == Op::Activation && textAttribute(node, "kind", "") != "relu")
            return false;
        if (node.op == Op::Conv2d && wholeAttribute(node, "groups", 1) != 1)
            return false;
    }
    return true;
}

} // namespace sightline
