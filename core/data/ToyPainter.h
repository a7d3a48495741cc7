// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include "support/Image.h"

namespace sightline {

struct Point {
    double x = 0, y = 0;
};

struct Color {
    double r = 0, g = 0, b = 0; ///< 0...1

    Color scaled(double factor) const { return {r * factor, g * factor, b * factor}; }
};

Color fromHsv(double hue, double saturation, double value); ///< hue 0...1

/// A polygon of one colour; shapes are lists of them, painted in order.
struct Patch {
    std::vector<Point> outline;
    Color color;
};
using Shape2d = std::vector<Patch>;

// Outlines in a toy's own units (about -1...1, y down).
std::vector<Point> rectangle(double left, double top, double right, double bottom);
std::vector<Point> rounded(double left, double top, double right, double bottom, double radius);
std::vector<Point> ellipse(double x, double y, double radiusX, double radiusY);

/// Turns, mirrors, scales and moves.
struct Placement {
    double x = 0, y = 0, scale = 1, cosine = 1, sine = 0;
    bool mirrored = false;

    Point operator()(Point p) const {
        if (mirrored)
            p.x = -p.x;
        return {x + scale * (cosine * p.x - sine * p.y), y + scale * (sine * p.x + cosine * p.y)};
    }
};

/// A canvas of linear floats that paints polygons with 4 x 4 samples a pixel. Only +, -, *, / and sqrt: the same bytes on
/// every machine.
class ToyCanvas {
public:
    ToyCanvas(int size, Color background);

    int size() const { return m_size; }
    Color& at(int x, int y) { return m_pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(m_size) + static_cast<std::size_t>(x)]; }
    void paint(const std::vector<Point>& outline, Color color, double opacity = 1.0);
    /// Paints a shape; `box` grows around the pixels covered (left, top, right, bottom; exclusive at the end).
    void paint(const Shape2d& shape, const Placement& placement, std::array<int, 4>* box = nullptr);
    void blur(int passes);
    Image image() const;

private:
    int m_size;
    std::vector<Color> m_pixels;
};

} // namespace sightline
