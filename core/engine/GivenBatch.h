// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sightline {

/// One image of a batch as the network was given it, and what came of it.
struct GivenImage {
    std::string path;                 ///< relative to the root of the images
    std::vector<float> target;        ///< [classes], sums to 1; two classes share it where MixUp or CutMix mixed them
    double loss = 0;                  ///< of this image, by the weights before the step
    int predicted = 0;                ///< the class with the highest probability
    double probability = 0;           ///< its probability
    std::vector<std::uint8_t> pixels; ///< [height, width, 3]: augmented, normalization undone
};

/// A batch as the network was given it: what a person looks at to find wrong labels, colors or augmentation.
struct GivenBatch {
    int epoch = 0, batch = 0; ///< of the run, from 1; 0 where there is none
    int height = 0, width = 0;
    std::vector<GivenImage> images;
};

} // namespace sightline
