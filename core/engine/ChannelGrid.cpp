// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/ChannelGrid.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

namespace sightline {

namespace {

constexpr int kGap = 2;     ///< pixels between two channels
constexpr int kLeast = 48;  ///< pixels of a channel's longer side, at least
constexpr int kSquare = 24; ///< side of a channel without places
constexpr int kMost = 8192; ///< pixels of the picture's side
constexpr std::uint8_t kBetween = 255;

bool isWhole(const FloatArray& values) {
    return (values.shape.size() == 3 || values.shape.size() == 1) && values.size() > 0 &&
           values.size() == static_cast<std::int64_t>(values.values.size());
}

std::span<const float> channelOf(const FloatArray& values, std::size_t channel) {
    const std::size_t places = values.values.size() / static_cast<std::size_t>(values.shape[0]);
    return std::span(values.values).subspan(channel * places, places);
}

/// To 0...1 by their own range.
std::vector<float> scaled(std::span<const float> values) {
    float low = std::numeric_limits<float>::infinity(), high = -low;
    for (const float value : values) {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    std::vector<float> map(values.size(), 0.0f);
    for (std::size_t i = 0; i < values.size(); ++i)
        if (std::isfinite(values[i]) && high > low)
            map[i] = static_cast<float>((static_cast<double>(values[i]) - static_cast<double>(low)) /
                                        (static_cast<double>(high) - static_cast<double>(low)));
    return map;
}

/// [height, width] of the nearest values.
FloatArray sized(const FloatArray& map, int height, int width) {
    FloatArray large{{height, width},
                     std::vector<float>(static_cast<std::size_t>(height) * static_cast<std::size_t>(width))};
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            large.values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)] =
                map.values[static_cast<std::size_t>(y * map.shape[0] / height * map.shape[1] +
                                                    x * map.shape[1] / width)];
    return large;
}

/// One map for each channel.
std::vector<FloatArray> mapsOf(const FloatArray& values) {
    std::vector<FloatArray> maps;
    if (values.shape.size() == 3) {
        for (int channel = 0; channel < values.shape[0]; ++channel)
            maps.push_back(channelMap(values, channel));
        return maps;
    }
    for (const float value : scaled(values.values))
        maps.push_back({{1, 1}, {value}});
    return maps;
}

} // namespace

FloatArray channelMap(const FloatArray& values, int channel) {
    if (!isWhole(values) || values.shape.size() != 3 || channel < 0 || channel >= values.shape[0])
        return {};
    return {{values.shape[1], values.shape[2]}, scaled(channelOf(values, static_cast<std::size_t>(channel)))};
}

std::vector<int> channelsByMean(const FloatArray& values) {
    if (!isWhole(values))
        return {};
    std::vector<double> means;
    for (std::size_t channel = 0; channel < static_cast<std::size_t>(values.shape[0]); ++channel) {
        const auto own = channelOf(values, channel);
        const double sum = std::accumulate(own.begin(), own.end(), 0.0);
        means.push_back(std::isfinite(sum) ? sum / static_cast<double>(own.size()) : -1e300); // last
    }
    std::vector<int> order(means.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return means[static_cast<std::size_t>(a)] > means[static_cast<std::size_t>(b)];
    });
    return order;
}

int channelGridColumns(int channels) {
    return std::max(1, static_cast<int>(std::ceil(std::sqrt(static_cast<double>(channels)))));
}

Image channelGrid(const FloatArray& values, ColorMap colors) {
    if (!isWhole(values))
        return {};
    const std::vector<FloatArray> maps = mapsOf(values);
    const int columns = channelGridColumns(static_cast<int>(maps.size()));
    const int rows = (static_cast<int>(maps.size()) + columns - 1) / columns;
    const int height = static_cast<int>(maps[0].shape[0]), width = static_cast<int>(maps[0].shape[1]);
    const int least = values.shape.size() == 3 ? kLeast : kSquare, side = std::max(height, width);
    const int factor = std::max(1, (least + side - 1) / side), most = std::max(1, kMost / columns - kGap);
    const int tileHeight = std::min(height * factor, most), tileWidth = std::min(width * factor, most);
    Image grid(rows * (tileHeight + kGap) + kGap, columns * (tileWidth + kGap) + kGap, 3);
    std::fill(grid.pixels.begin(), grid.pixels.end(), kBetween);
    for (std::size_t i = 0; i < maps.size(); ++i) {
        const Image tile = colored(sized(maps[i], tileHeight, tileWidth), tileHeight, tileWidth, colors);
        const int top = kGap + static_cast<int>(i) / columns * (tileHeight + kGap);
        const int left = kGap + static_cast<int>(i) % columns * (tileWidth + kGap);
        for (int y = 0; y < tileHeight; ++y)
            std::copy_n(tile.row(y), tile.rowBytes(), grid.row(top + y) + left * 3);
    }
    return grid;
}

} // namespace sightline
