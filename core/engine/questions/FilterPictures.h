// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "support/Image.h"

namespace sightline {

/// The picture that excites a channel most, as far as it was found.
struct FilterPicture {
    int channel = 0;
    double start = 0, end = 0; ///< mean activation of the channel for the noise, and for this picture
    Image picture;             ///< of the network's input size and channels
};

/// What pattern excites a channel? Gradient ascent on the pixels from gray noise, every gradient divided by the root of
/// its mean square (Erhan et al. 2009; Chollet, Deep Learning with Python). The pictures are images: every value stays
/// between 0 and 255. A channel's picture does not depend on which others are asked for.
struct FilterPictures;
struct FilterPicturesQuestion {
    using Answer = FilterPictures;
    std::string layer;              ///< a node's id
    std::vector<int> channels = {}; ///< empty: all
    int steps = 40;
    std::uint64_t seed = 0;
    int jitter = 0;  ///< pixels by which the image is shifted at random in each step, at most
    double blur = 0; ///< standard deviation in pixels, applied every fourth step but not after the last
    std::function<void(const FilterPicture&)> each = {}; ///< told as they are done, on the asker's thread
};

struct FilterPictures {
    std::string layer;
    std::vector<FilterPicture> pictures; ///< in the order asked for
};

/// What do the kernels look like that see the image itself?
struct Kernels;
struct KernelsQuestion {
    using Answer = Kernels;
    std::string layer = {}; ///< empty: the first convolution of the image
};

/// One picture a filter, of the kernel's height and width: gray or RGB. Zero is gray (128), the filter's largest
/// absolute weight black or white.
struct Kernels {
    std::string layer;
    std::vector<Image> pictures;
};

} // namespace sightline
