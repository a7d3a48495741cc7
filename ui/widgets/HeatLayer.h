// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/Overlay.h"
#include "engine/questions/HeatMap.h"

namespace sightline::ui {

/// How heat is laid over an image.
struct HeatLook {
    double opacity = 0.5;
    double threshold = 0; ///< heat under this share of the hottest is not shown
    ColorMap colors = ColorMap::Turbo;
};

/// A heat map as it is laid over an image: what opacity and threshold do not touch, worked out once.
class HeatLayer {
public:
    HeatLayer() = default;
    /// For images of this size. `raw`: the map's own cells, nearest neighbor. A map with both signs has colors of its
    /// own.
    HeatLayer(const HeatMap& map, int height, int width, bool raw, ColorMap colors);

    /// Where the heat is under `threshold` (0...1 of the hottest, whichever sign) the image stays as it is.
    Image over(const Image& image, double opacity, double threshold) const;

private:
    Image m_colored, m_strength; ///< RGB; one value a pixel, three times
};

} // namespace sightline::ui
