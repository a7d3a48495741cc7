// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "support/Json.h"
#include "zoo/WeightNaming.h"

namespace sightline {

/// How the tensors of a file meet a network of the zoo.
struct WeightFit {
    WeightMatch match;
    int classes = 0; ///< of the network they were compared with
};

/// Compares at the network's default size. `classes` 0: 1000, or as many as the file has where only their number
/// differs. Errors: no such network, impossible options.
Result<WeightFit> fitOf(const std::string& network, const std::vector<TensorSpec>& file, int classes = 0,
                        const Json& options = Json::object());

/// For training on other channels than a file's three: the positions of first convolutions that differ in that alone.
/// Taken out of the match's faults; their values are widened() to the network's.
std::vector<std::size_t> adaptsChannels(const GraphSpec& spec, const std::vector<TensorSpec>& tensors,
                                        WeightMatch& match);
/// A first convolution's weights [out, 3, h, w] for `channels`, as timm does: summed for one; else repeated, cut, and
/// scaled by 3 / channels.
std::vector<float> widened(const std::vector<float>& weights, const Shape& shape, int channels);

/// For training: which of `tensors` may start anew, and takes them out of the match's faults. What makes the scores may
/// be of another size or missing; layers of the head that the file does not know at all start anew, too.
std::vector<bool> startsAnew(const GraphSpec& spec, const std::vector<TensorSpec>& tensors, WeightMatch& match);

} // namespace sightline
