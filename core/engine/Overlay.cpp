// SPDX-License-Identifier: GPL-3.0-or-later
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "engine/Overlay.h"

namespace sightline {

namespace {

/// From blue over nearly white to orange-red, as dark at one end as at the other.
cv::Mat divergingTable() {
    struct Stop {
        double at;
        std::array<double, 3> color;
    };
    static constexpr std::array<Stop, 5> kStops{{{0, {0, 52, 120}},
                                                 {64, {70, 150, 205}},
                                                 {127.5, {246, 246, 244}},
                                                 {191, {226, 126, 66}},
                                                 {255, {134, 30, 8}}}};
    cv::Mat table(1, 256, CV_8UC3);
    for (int level = 0; level < 256; ++level) {
        std::size_t above = 1;
        while (kStops[above].at < level)
            ++above;
        const Stop &from = kStops[above - 1], &to = kStops[above];
        const double share = (level - from.at) / (to.at - from.at);
        for (int c = 0; c < 3; ++c) {
            const auto channel = static_cast<std::size_t>(c);
            table.at<cv::Vec3b>(level)[c] = static_cast<unsigned char>(
                std::lround(from.color[channel] + share * (to.color[channel] - from.color[channel])));
        }
    }
    return table;
}

/// 256 RGB colours, one for each level of the map.
cv::Mat colorTable(ColorMap colors) {
    cv::Mat levels(1, 256, CV_8U), table;
    for (int i = 0; i < 256; ++i)
        levels.at<unsigned char>(i) = static_cast<unsigned char>(i);
    switch (colors) {
    case ColorMap::Diverging:
        return divergingTable();
    case ColorMap::Grey:
        cv::cvtColor(levels, table, cv::COLOR_GRAY2RGB);
        return table;
    case ColorMap::Jet:
        cv::applyColorMap(levels, table, cv::COLORMAP_JET);
        break;
    case ColorMap::Inferno:
        cv::applyColorMap(levels, table, cv::COLORMAP_INFERNO);
        break;
    case ColorMap::Viridis:
        cv::applyColorMap(levels, table, cv::COLORMAP_VIRIDIS);
        break;
    case ColorMap::Turbo:
        cv::applyColorMap(levels, table, cv::COLORMAP_TURBO);
        break;
    }
    cv::cvtColor(table, table, cv::COLOR_BGR2RGB);
    return table;
}

} // namespace

Image colored(const FloatArray& map, int height, int width, ColorMap colors) {
    const bool drawn = map.shape.size() == 2 && map.shape[0] > 0 && map.shape[1] > 0 &&
                       map.size() == static_cast<std::int64_t>(map.values.size());
    if (!drawn)
        return {};
    cv::Mat sized;
    const cv::Mat given(static_cast<int>(map.shape[0]), static_cast<int>(map.shape[1]), CV_32F,
                        const_cast<float*>(map.values.data()));
    cv::resize(given, sized, cv::Size(width, height), 0, 0, cv::INTER_LINEAR); // half-pixel centres
    const cv::Mat table = colorTable(colors);
    const float lowest = colors == ColorMap::Diverging ? -1.0f : 0.0f;
    const int nothing = colors == ColorMap::Diverging ? 128 : 0; // where the map holds no number
    Image result(height, width, 3);
    for (int y = 0; y < height; ++y) {
        std::uint8_t* to = result.row(y);
        for (int x = 0; x < width; ++x, to += 3) {
            const float value = (sized.at<float>(y, x) - lowest) / (1 - lowest);
            const int level =
                std::isfinite(value) ? static_cast<int>(std::lround(std::clamp(value, 0.0f, 1.0f) * 255.0f)) : nothing;
            std::copy_n(table.at<cv::Vec3b>(level).val, 3, to);
        }
    }
    return result;
}

Image blended(const Image& image, const Image& over, double opacity) {
    const double share = over.empty() ? 0.0 : std::clamp(opacity, 0.0, 1.0);
    // Two bytes meet in one way for each opacity: worked out once for all pairs, not for every pixel.
    std::vector<std::uint8_t> mixed(256 * 256);
    for (int below = 0; below < 256; ++below)
        for (int above = 0; above < 256; ++above)
            mixed[static_cast<std::size_t>(below * 256 + above)] =
                static_cast<std::uint8_t>(std::lround((1 - share) * below + share * above));
    Image result(image.height, image.width, 3);
    const std::array<int, 3> channel{0, std::min(1, image.channels - 1), std::min(2, image.channels - 1)};
    for (int y = 0; y < image.height; ++y) {
        const std::uint8_t* from = image.row(y);
        const std::uint8_t* above = over.empty() ? result.row(y) : over.row(y);
        std::uint8_t* to = result.row(y);
        for (int x = 0; x < image.width; ++x, from += image.channels)
            for (const int c : channel)
                *to++ = mixed[static_cast<std::size_t>(from[c] * 256 + *above++)];
    }
    return result;
}

Image overlay(const Image& image, const FloatArray& map, double opacity, ColorMap colors) {
    return image.empty() ? Image(image.height, image.width, 3)
                         : blended(image, colored(map, image.height, image.width, colors), opacity);
}

} // namespace sightline
