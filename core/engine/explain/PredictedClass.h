// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <algorithm>

namespace sightline::engine {

/// The class of the highest score in a row of logits; of equal ones the first. Not of the probabilities: two scores
/// that differ may give the same float.
inline int predictedBy(const torch::Tensor& logits) {
    const torch::Tensor values = logits.detach().to(torch::kFloat).contiguous();
    const float* begin = values.data_ptr<float>();
    return static_cast<int>(std::max_element(begin, begin + values.numel()) - begin);
}

} // namespace sightline::engine
