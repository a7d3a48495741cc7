// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "support/Image.h"
#include "support/Random.h"

namespace sightline {

struct ToyColor {
    double r = 0, g = 0, b = 0; ///< 0...1
};

struct ToyPoint {
    double x = 0, y = 0;
};

using ToyPolygon = std::vector<ToyPoint>;

/// Places toy coordinates (about -1...1, y down) on the pixels: mirror, turn, scale, shift.
struct ToyPose {
    double cosine = 1, sine = 0, scale = 1, x = 0, y = 0;
    bool mirrored = false;

    ToyPoint apply(ToyPoint point) const;
};

/// Sine of an angle within about -7...7 radians by its series: plain additions and products, so equal on every machine.
double toySine(double radians);
double toyCosine(double radians);

/// A colour from hue, saturation and value, all 0...1.
ToyColor toyHsv(double hue, double saturation, double value);

ToyPolygon toyEllipse(double x, double y, double radiusX, double radiusY);
ToyPolygon toyBlock(double left, double top, double right, double bottom, double radius = 0);

/// A picture of colours (premultiplied) and coverage, filled polygon by polygon with exact horizontal coverage on
/// four lines a pixel row. Only basic arithmetic: the same bytes everywhere.
class ToyLayer {
public:
    explicit ToyLayer(int size);

    int size() const { return m_size; }
    /// Fills a polygon given in pixels (even-odd); lighter above, darker below by `shading`.
    void fill(const ToyPolygon& polygon, const ToyColor& color, double shading = 0);
    /// The same in toy coordinates.
    void fill(const ToyPolygon& polygon, const ToyPose& pose, const ToyColor& color, double shading = 0);
    /// Lays `other` on top.
    void composite(const ToyLayer& other);
    /// Darkens by the coverage of `other` moved by whole pixels and softened.
    void castShadow(const ToyLayer& other, int dx, int dy, int radius, double strength);
    /// Mixes in a 3 x 3 mean.
    void blur(double strength);

    double alpha(int x, int y) const { return m_alpha[at(x, y)]; }
    ToyColor color(int x, int y) const { return m_color[at(x, y)]; }
    void set(int x, int y, const ToyColor& color);

private:
    std::size_t at(int x, int y) const {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(m_size) + static_cast<std::size_t>(x);
    }
    int m_size;
    std::vector<ToyColor> m_color;
    std::vector<double> m_alpha;
};

/// Draws toy `toyClass` (index into toyClasses()) with proportions and colours from `random`.
void drawToyShape(ToyLayer& layer, int toyClass, const ToyPose& pose, CounterRandom& random);

/// The small sticker of a biased set, at the bottom right: its form and colour go with the class.
void drawToySticker(ToyLayer& layer, int toyClass);

} // namespace sightline
