// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace sightline::engine {

/// A window that goes over images, as of a convolution or a pool. A pair is height, width.
struct WindowShape {
    std::int64_t images = 0, channels = 0;
    std::int64_t input[2] = {}, output[2] = {}, kernel[2] = {}, stride[2] = {}, dilation[2] = {};
    std::int64_t before[2] = {}; ///< padding at the top and the left
};

} // namespace sightline::engine
