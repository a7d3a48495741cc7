// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/explain/Answers.h"
#include "engine/explain/HeatMapTarget.h"

namespace sightline::engine {

/// What is asked of every image.
struct HeatsAsked {
    const GraphModule& module;
    const std::vector<std::string>& classes; ///< empty without a run
    HeatMapMethod method = HeatMapMethod::GradCam;
    std::string target, layer; ///< the layer is checked: heatMapLayer()
    bool logSoftmax = false;
    std::uint64_t seed = 0;
};

/// What of some images speaks for their targets.
struct Heats {
    torch::Tensor logits;               ///< [n, classes]
    std::vector<std::int64_t> rows;     ///< which of the images are explained
    std::vector<HeatMapTarget> targets; ///< of each of these
    torch::Tensor raw;                  ///< [rows, u, v], before resizing; undefined without rows
    std::string layer;                  ///< as HeatMap::layer
};

/// Whether an image is to be explained, once it is known what it is taken for.
using Wanted = std::function<bool(std::size_t image, int predicted)>;

/// The maps of images [n, C, H, W], normalised. All are judged in one pass; those that are not wanted cost no more.
/// `truths`: their classes, -1 where unknown.
Result<Heats> heatsOf(const HeatsAsked& asked, const torch::Tensor& images, std::span<const int> truths,
                      const Asking& asking, const Wanted& wanted = {});

/// As the asker gets them, resized to height x width and divided by the largest absolute value; `input` is left empty.
Result<std::vector<HeatMap>> heatMapsFrom(const HeatsAsked& asked, const Heats& heats, int height, int width);

/// Images in one pass, for methods of many passes: few of a large network, so that Stop is heard in time. It depends on
/// the network only.
std::int64_t imagesInAPass(const GraphModule& module);

} // namespace sightline::engine
