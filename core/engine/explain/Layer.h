// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/module/GraphModule.h"

namespace sightline::engine {

/// A layer that is looked into: a node of the network with what it gives.
struct Layer {
    std::size_t node = 0; ///< index into spec().nodes
    std::string id;
    Shape shape; ///< [C, H, W] or [C]

    int channels() const { return static_cast<int>(shape[0]); }
    int height() const { return shape.size() == 3 ? static_cast<int>(shape[1]) : 0; }
    int width() const { return shape.size() == 3 ? static_cast<int>(shape[2]) : 0; }
};

/// The node of that id. Errors: there is none; it is the name of an output, not of a layer.
Result<Layer> namedLayer(const GraphModule& module, const std::string& id);

/// Error: the layer has no such channel.
Result<void> channelIn(const Layer& layer, int channel);

/// The network up to a layer, with the same weights: what follows is not computed, and cannot overwrite what the layer
/// gives.
class Trunk {
public:
    static Result<Trunk> of(const GraphModule& module, const Layer& layer);

    /// The own outputs of the layer and of other nodes up to it, in eval mode, with gradients to `images`.
    std::vector<torch::Tensor> valuesOf(const torch::Tensor& images, const std::vector<std::string>& nodes) const;
    torch::Tensor values(const torch::Tensor& images) const { return valuesOf(images, {m_layer})[0]; }
    std::int64_t multiplyAdds() const { return m_module->cost().multiplyAdds; } ///< of one image

private:
    Trunk(std::shared_ptr<const GraphModule> module, std::string layer)
        : m_module(std::move(module)), m_layer(std::move(layer)) {}

    std::shared_ptr<const GraphModule> m_module;
    std::string m_layer;
};

} // namespace sightline::engine
