// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "support/Image.h"

namespace sightline {

/// What pattern excites a channel? Gradient ascent on the input from gray noise, the gradient divided by its norm
/// (Erhan et al. 2009; Chollet, Deep Learning with Python).
struct FilterPictures;
struct FilterPicturesQuestion {
    using Answer = FilterPictures;
    std::string layer;         ///< a node's id
    std::vector<int> channels; ///< empty: all
    int steps = 40;
    std::uint64_t seed = 0;
    int jitter = 0;  ///< pixels by which the image is shifted at random in each step
    double blur = 0; ///< standard deviation in pixels, applied every fourth step
};

struct FilterPicture {
    int channel = 0;
    double start = 0, end = 0; ///< mean activation of the channel for the noise and for the picture
    Image picture;             ///< of the network's input size
};

struct FilterPictures {
    std::string layer;
    std::vector<FilterPicture> pictures; ///< in the order asked for
};

/// The kernels of a first convolution as pictures: [height, width] of the kernel, one for each filter; empty where the
/// layer is no convolution of the image itself.
struct Kernels;
struct KernelsQuestion {
    using Answer = Kernels;
    std::string layer; ///< empty: the first convolution
};
struct Kernels {
    std::string layer;
    std::vector<Image> pictures;
};

} // namespace sightline
