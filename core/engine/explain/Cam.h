// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include "engine/HeatMapMethod.h"

namespace sightline {

/// True where the method needs the gradient of the score; Eigen-CAM looks at the activations only.
bool needsGradient(HeatMapMethod method);

/// The map of one image [u, v] after ReLU, from a layer's activations and the gradient of the score (both [K, u, v],
/// float32): SPEC 4.2. Grad-CAM: Selvaraju et al. 2017; Grad-CAM++: Chattopadhay et al. 2018; XGrad-CAM: Fu et al.
/// 2020; HiResCAM: Draelos and Carin 2020; LayerCAM: Jiang et al. 2021; Eigen-CAM: Muhammad and Yeasin 2020.
at::Tensor camMap(HeatMapMethod method, const at::Tensor& activation, const at::Tensor& gradient);

} // namespace sightline
