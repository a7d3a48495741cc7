// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "data/Dataset.h"

namespace sightline {

/// What some images of a data set tell about all: what the first settings depend on. A value, made in a second or two.
struct Look {
    // Counted over the whole set.
    std::size_t training = 0, validation = 0, classes = 0;
    std::size_t smallestClass = 0, largestClass = 0; ///< training images
    bool namesAreCharacters = false;                 ///< each class is named by one digit or letter
    // Seen on some training images, spread over all classes.
    std::size_t looked = 0;
    int height = 0, width = 0;        ///< medians, pixels
    bool grey = false;                ///< no image has colours
    int channels = 0;                 ///< PixelLook.h
    std::optional<Colour> background; ///< PixelLook.h
    double strokes = 0;               ///< share of images with little but two grey levels: ink on paper
    double leftRight = 0.5;           ///< MirrorTest.h
    double upsideDown = 0.5;

    bool mayFlip(double told) const; ///< whether mirrored pictures could as well be of the set
    double imbalance() const {
        return smallestClass > 0 ? static_cast<double>(largestClass) / static_cast<double>(smallestClass) : 1;
    }
};

/// Decodes at most `most` training images on `threads` threads. Errors: cancelled, no image can be read.
Result<Look> look(const Dataset& dataset, int threads, std::stop_token stop = {}, std::size_t most = 400);

} // namespace sightline
