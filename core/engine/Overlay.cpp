// SPDX-License-Identifier: GPL-3.0-or-later
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>

#include "engine/Engine.h"

namespace sightline {

namespace {

/// 256 RGB colours, one for each level of the map.
cv::Mat colorTable(ColorMap colors) {
    cv::Mat levels(1, 256, CV_8U), table;
    for (int i = 0; i < 256; ++i)
        levels.at<unsigned char>(i) = static_cast<unsigned char>(i);
    switch (colors) {
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

Image overlay(const Image& image, const FloatArray& map, double opacity, ColorMap colors) {
    Image result(image.height, image.width, 3);
    if (image.empty())
        return result;
    const bool drawn = map.shape.size() == 2 && map.shape[0] > 0 && map.shape[1] > 0 &&
                       map.size() == static_cast<std::int64_t>(map.values.size());
    cv::Mat sized = cv::Mat::zeros(image.height, image.width, CV_32F);
    if (drawn) {
        const cv::Mat given(static_cast<int>(map.shape[0]), static_cast<int>(map.shape[1]), CV_32F,
                            const_cast<float*>(map.values.data()));
        cv::resize(given, sized, sized.size(), 0, 0, cv::INTER_LINEAR); // half-pixel centres
    }
    const cv::Mat table = colorTable(colors);
    const double share = drawn ? std::clamp(opacity, 0.0, 1.0) : 0.0;
    for (int y = 0; y < image.height; ++y) {
        const std::uint8_t* from = image.row(y);
        std::uint8_t* to = result.row(y);
        for (int x = 0; x < image.width; ++x) {
            const float value = sized.at<float>(y, x);
            const int level =
                std::isfinite(value) ? static_cast<int>(std::lround(std::clamp(value, 0.0f, 1.0f) * 255.0f)) : 0;
            const auto& color = table.at<cv::Vec3b>(level);
            for (int c = 0; c < 3; ++c) {
                const double grey = from[x * image.channels + std::min(c, image.channels - 1)];
                to[x * 3 + c] = static_cast<std::uint8_t>(std::lround((1 - share) * grey + share * color[c]));
            }
        }
    }
    return result;
}

} // namespace sightline
