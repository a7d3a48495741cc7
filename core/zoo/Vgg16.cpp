// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/Architectures.h"
#include "zoo/GraphBuilder.h"

namespace sightline {

/// torchvision's VGG16; node ids are its weight names. `dense` [] is the public classifier (4096-4096).
Result<GraphSpec> vgg16(const ZooRequest& request) {
    static constexpr int kPool = 0;
    static constexpr int kLayers[] = {64,    64,  kPool, 128, 128,   kPool, 256, 256, 256,
                                      kPool, 512, 512,   512, kPool, 512,   512, 512, kPool};
    GraphBuilder g("vgg16", request);
    int index = 0;
    for (const int filters : kLayers) {
        const std::string id = "features." + std::to_string(index);
        if (filters == kPool) {
            g.maxPool(id, 2, 2, 0);
            ++index;
        } else {
            g.conv(id, filters, 3, 1, 1);
            g.activation("features." + std::to_string(index + 1));
            index += 2;
        }
    }
    const auto units = request.options["dense"].get<std::vector<int>>();
    const double dropout = request.options["dropout"].get<double>();
    if (units.empty()) {
        g.add(Op::AdaptiveAvgPool, "avgpool", {{"size", 7}});
        g.add(Op::Flatten, "flatten");
        for (const int part : {0, 3}) {
            g.dense("classifier." + std::to_string(part), 4096);
            g.activation("classifier." + std::to_string(part + 1));
            g.dropout("classifier." + std::to_string(part + 2), dropout);
        }
        g.dense("classifier.6", request.classes);
    } else {
        g.add(Op::Flatten, "flatten");
        for (std::size_t i = 0; i < units.size(); ++i) {
            g.dense("head." + std::to_string(i), units[i]);
            g.activation("head." + std::to_string(i) + ".relu");
            if (dropout > 0)
                g.dropout("head." + std::to_string(i) + ".dropout", dropout);
        }
        g.dense("head.out", request.classes);
    }
    return g.finish(Initializer::KaimingNormalFanOut, "imagenet");
}

} // namespace sightline
