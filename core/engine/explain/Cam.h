// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "engine/HeatMapMethod.h"
#include "network/GraphSpec.h"

namespace sightline {

/// True where the method needs the gradient of the score; Eigen-CAM looks at the activations only.
bool needsGradient(HeatMapMethod method);

/// The maps of some images [N, u, v] after ReLU, from a layer's activations and the gradients of the scores (both [N,
/// K, u, v], float32): SPEC 4.2. Grad-CAM: Selvaraju et al. 2017 (also of Finer-CAM's score); Grad-CAM++: Chattopadhay
/// et al. 2018; XGrad-CAM: Fu et al. 2020; HiResCAM: Draelos and Carin 2020; LayerCAM: Jiang et al. 2021; Eigen-CAM:
/// Muhammad and Yeasin 2020.
at::Tensor camMaps(HeatMapMethod method, const at::Tensor& activations, const at::Tensor& gradients);

/// The last activation of each of the last `most` resolutions before the pooling, the last first. A concatenation of
/// activations counts as one; gates of one place do not.
std::vector<std::string> stageEnds(const GraphSpec& spec, const GraphCost& cost, std::size_t most);
/// Where the fused LayerCAM looks: the ends of three stages.
std::vector<std::string> fusedLayers(const GraphSpec& spec, const GraphCost& cost);

/// LayerCAMs [N, u, v] of several layers as one [N, height, width]: each divided by its maximum, tanh(2 x) of it,
/// resized; of these the largest in each place (Jiang et al. 2021).
at::Tensor fusedMaps(const std::vector<at::Tensor>& maps, std::int64_t height, std::int64_t width);

} // namespace sightline
