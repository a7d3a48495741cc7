// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/explain/Heats.h"

// Maps made of the gradient of the score at the network's input, summed over its channels: signed, [n, H, W] for images
// [n, C, H, W] and the target of each.
namespace sightline::engine {

/// Sundararajan et al. 2017: 50 Gauss-Legendre steps from an input of zeros, in double. The sum of a map is the score's
/// difference from that of the zeros.
Result<torch::Tensor> integratedGradients(const HeatsAsked& asked, const torch::Tensor& images,
                                          const std::vector<HeatMapTarget>& targets, const Asking& asking);

/// Smilkov et al. 2017: the mean gradient of noisy copies, the noise's deviation .15 of the input's range. 25 draws,
/// each with its opposite; where chance still shows in the map, the same draws moved and mirrored too, 800 copies at
/// most. The same noise for every image, drawn from the seed: a map does not depend on the images beside it.
Result<torch::Tensor> smoothGrad(const HeatsAsked& asked, const torch::Tensor& images,
                                 const std::vector<HeatMapTarget>& targets, const Asking& asking);

/// Springenberg et al. 2015: the gradient, its negative parts cut at each ReLU on its way back.
Result<torch::Tensor> guidedBackprop(const HeatsAsked& asked, const torch::Tensor& images,
                                     const std::vector<HeatMapTarget>& targets, const Asking& asking);

/// Error: the main output depends on an activation that is no ReLU (ReLU6 and LeakyReLU are others), or on none.
Result<void> mayBeGuided(const GraphSpec& spec);

} // namespace sightline::engine
