// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/HeatLayer.h"

#include <algorithm>
#include <cmath>

#include "data/Dataset.h"

namespace sightline::ui {

namespace {
/// The map's own cells, each as a block of the image's size.
FloatArray inBlocks(const HeatMap& map, int height, int width) {
    FloatArray blocks{{height, width},
                      std::vector<float>(static_cast<std::size_t>(height) * static_cast<std::size_t>(width))};
    if (map.maximum <= 0 || map.mapHeight < 1 || map.mapWidth < 1)
        return blocks;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const int cell = y * map.mapHeight / height * map.mapWidth + x * map.mapWidth / width;
            blocks.values[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)] =
                map.rawMap.values[static_cast<std::size_t>(cell)] / static_cast<float>(map.maximum);
        }
    return blocks;
}
} // namespace

HeatLayer::HeatLayer(const HeatMap& map, int height, int width, bool raw, ColorMap colors) {
    FloatArray heat = raw ? inBlocks(map, height, width) : map.map;
    m_colored = colored(heat, height, width, map.isSigned ? ColorMap::Diverging : colors);
    for (float& value : heat.values)
        value = std::abs(value);
    m_strength = colored(heat, height, width, ColorMap::Grey);
}

Image HeatLayer::over(const Image& image, double opacity, double threshold) const {
    Image picture = blended(image, m_colored, opacity);
    if (threshold <= 0 || m_strength.empty())
        return picture;
    const Image plain = withChannels(image, 3);
    const auto least = static_cast<int>(std::ceil(threshold * 255));
    for (std::size_t i = 0; i < m_strength.pixels.size(); i += 3)
        if (m_strength.pixels[i] < least)
            std::copy_n(plain.pixels.begin() + static_cast<std::ptrdiff_t>(i), 3,
                        picture.pixels.begin() + static_cast<std::ptrdiff_t>(i));
    return picture;
}

} // namespace sightline::ui
