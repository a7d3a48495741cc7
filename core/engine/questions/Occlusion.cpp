// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/questions/Occlusion.h"

#include <algorithm>
#include <cmath>

#include "augment/Color.h"
#include "augment/Pointwise.h"
#include "support/Random.h"

namespace sightline {

namespace {

std::vector<std::uint8_t> meanOf(const Image& image) {
    std::vector<double> sums(static_cast<std::size_t>(image.channels), 0.0);
    for (std::size_t i = 0; i < image.pixels.size(); ++i)
        sums[i % sums.size()] += image.pixels[i];
    std::vector<std::uint8_t> mean;
    for (const double sum : sums)
        mean.push_back(static_cast<std::uint8_t>(std::lround(sum / (image.height * image.width))));
    return mean;
}

/// What lies under the brush: a whole image of paint.
Image paintFor(const Image& image, Paint paint, std::uint64_t seed) {
    Image under = image;
    if (paint == Paint::Gray)
        std::fill(under.pixels.begin(), under.pixels.end(), std::uint8_t{128});
    else if (paint == Paint::Mean) {
        const std::vector<std::uint8_t> mean = meanOf(image);
        for (std::size_t i = 0; i < under.pixels.size(); ++i)
            under.pixels[i] = mean[i % mean.size()];
    } else if (paint == Paint::Noise) {
        CounterRandom random(seed, RandomPurpose::Noise);
        for (std::uint8_t& value : under.pixels)
            value = static_cast<std::uint8_t>(random.below(256));
    } else {
        FloatImage floats(image.height, image.width, image.channels);
        std::copy(image.pixels.begin(), image.pixels.end(), floats.pixels.begin());
        blur(floats, std::min(image.height, image.width) / 16.0);
        under = toBytes(floats);
    }
    return under;
}

} // namespace

Image painted(const Image& image, const Image& mask, Paint paint, std::uint64_t seed) {
    if (image.empty() || mask.empty())
        return image;
    const Image under = paintFor(image, paint, seed);
    Image result = image;
    for (int y = 0; y < image.height; ++y) {
        const std::uint8_t* covers = mask.row(y * mask.height / image.height);
        for (int x = 0; x < image.width; ++x)
            if (covers[x * mask.width / image.width * mask.channels] != 0)
                std::copy_n(under.row(y) + x * image.channels, image.channels, result.row(y) + x * image.channels);
    }
    return result;
}

} // namespace sightline
