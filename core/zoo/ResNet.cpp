// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/Architectures.h"
#include "zoo/GraphBuilder.h"

namespace sightline {

namespace {

/// torchvision's ResNet, v1.5: the bottleneck's stride is on the 3 x 3. Node ids are torchvision's and timm's names.
GraphSpec resnet(const std::string& name, const ZooRequest& request, const std::vector<int>& blocks, bool bottleneck) {
    GraphBuilder g(name, request);
    g.conv("conv1", 64, 7, 2, 3, false);
    g.batchNorm("bn1");
    g.activation("relu");
    g.maxPool("maxpool", 3, 2, 1);
    const int expansion = bottleneck ? 4 : 1;
    int channels = 64;
    for (std::size_t stage = 0; stage < blocks.size(); ++stage) {
        const int width = 64 << stage;
        for (int block = 0; block < blocks[stage]; ++block) {
            const std::string id = "layer" + std::to_string(stage + 1) + "." + std::to_string(block);
            const int stride = stage > 0 && block == 0 ? 2 : 1;
            const std::string arrived = g.last();
            if (bottleneck) {
                g.conv(id + ".conv1", width, 1, 1, 0, false);
                g.batchNorm(id + ".bn1");
                g.activation(id + ".relu1");
                g.conv(id + ".conv2", width, 3, stride, 1, false);
                g.batchNorm(id + ".bn2");
                g.activation(id + ".relu2");
                g.conv(id + ".conv3", width * expansion, 1, 1, 0, false);
                g.batchNorm(id + ".bn3");
            } else {
                g.conv(id + ".conv1", width, 3, stride, 1, false);
                g.batchNorm(id + ".bn1");
                g.activation(id + ".relu1");
                g.conv(id + ".conv2", width, 3, 1, 1, false);
                g.batchNorm(id + ".bn2");
            }
            const std::string branch = g.last();
            std::string shortcut = arrived;
            if (stride != 1 || channels != width * expansion) {
                g.conv(id + ".downsample.0", width * expansion, 1, stride, 0, false, 1, arrived);
                shortcut = g.batchNorm(id + ".downsample.1");
            }
            g.sum(id + ".add", branch, shortcut);
            g.activation(id + ".relu");
            channels = width * expansion;
        }
    }
    g.add(Op::GlobalAvgPool, "avgpool");
    g.dense("fc", request.classes);
    return g.finish(Initializer::KaimingNormalFanOut, "imagenet");
}

} // namespace

Result<GraphSpec> resnet18(const ZooRequest& request) {
    return resnet("resnet18", request, {2, 2, 2, 2}, false);
}

Result<GraphSpec> resnet50(const ZooRequest& request) {
    return resnet("resnet50", request, {3, 4, 6, 3}, true);
}

} // namespace sightline
