// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/ShownPixels.h"

#include <algorithm>
#include <cmath>

namespace sightline {

namespace {

/// value * scale + offset is what was there before normalization.
struct Way {
    float scale = 1, offset = 0;
};

std::vector<Way> waysBack(std::span<const float> values, std::size_t channels, const Normalizer& normalizer) {
    std::vector<Way> ways(channels);
    if (normalizer.isAffine()) {
        for (std::size_t c = 0; c < channels; ++c)
            if (const float scale = normalizer.scale()[c]; scale != 0)
                ways[c] = {1 / scale, -normalizer.offset()[c] / scale};
        return ways;
    }
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const float range = *high - *low;
    std::fill(ways.begin(), ways.end(), range > 0 ? Way{255 / range, -*low * 255 / range} : Way{0, 127});
    return ways;
}

std::uint8_t byteOf(float value) {
    return std::isfinite(value) ? static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L)) : 0;
}

} // namespace

std::vector<std::uint8_t> shownPixels(std::span<const float> values, int channels, const Normalizer& normalizer) {
    const auto count = static_cast<std::size_t>(channels);
    std::vector<std::uint8_t> shown;
    if (values.empty())
        return shown;
    const std::vector<Way> ways = waysBack(values, count, normalizer);
    shown.reserve(values.size() / count * 3);
    for (std::size_t at = 0; at + count <= values.size(); at += count)
        for (std::size_t color = 0; color < 3; ++color) {
            const std::size_t from = normalizer.swapsChannels() ? 2 - color : std::min(color, count - 1);
            shown.push_back(byteOf(values[at + from] * ways[from].scale + ways[from].offset));
        }
    return shown;
}

} // namespace sightline
