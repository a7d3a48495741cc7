// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/Geometry.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sightline {

AffineMap affineMap(const Drawn& drawn, int height, int width, Semantics semantics) {
    if (drawn.theta == 0 && drawn.tx == 0 && drawn.ty == 0 && drawn.shear == 0 && drawn.zx == 1 && drawn.zy == 1)
        return {};
    const double theta = drawn.theta * std::numbers::pi / 180.0;
    const double shear = drawn.shear * std::numbers::pi / 180.0;
    // The closed form of R(theta) T(tx, ty) S(shear) Z(zx, zy) on the semantics' own pair of axes (SPEC 1.4).
    const double a = drawn.zx * std::cos(theta);
    const double b = -drawn.zy * std::sin(theta + shear);
    const double c = drawn.zx * std::sin(theta);
    const double d = drawn.zy * std::cos(theta + shear);
    const double tx = std::cos(theta) * drawn.tx - std::sin(theta) * drawn.ty;
    const double ty = std::sin(theta) * drawn.tx + std::cos(theta) * drawn.ty;
    double centerFirst = (width - 1) / 2.0;
    double centerSecond = (height - 1) / 2.0;
    if (semantics == Semantics::Keras29) { // its release mixed up the axes of the centre
        centerFirst = height / 2.0 - 0.5;
        centerSecond = width / 2.0 - 0.5;
    } else if (semantics == Semantics::Keras28) {
        centerFirst = height / 2.0 + 0.5;
        centerSecond = width / 2.0 + 0.5;
    }
    const double first = tx + centerFirst - a * centerFirst - b * centerSecond;
    const double second = ty + centerSecond - c * centerFirst - d * centerSecond;
    if (semantics == Semantics::Keras28) // its axes are (row, column)
        return {d, c, second, b, a, first};
    return {a, b, first, c, d, second};
}

bool foldCoordinate(double& coordinate, int extent, FillMode mode) {
    const double last = extent - 1;
    switch (mode) {
    case FillMode::Constant:
        return coordinate >= 0 && coordinate <= last;
    case FillMode::Reflect: {
        const double period = 2.0 * extent;
        double u = coordinate + 0.5;
        u -= period * std::floor(u / period);
        u -= 0.5;
        if (u > extent - 0.5)
            u = period - 1 - u;
        coordinate = u;
        break;
    }
    case FillMode::Wrap:
        if (extent <= 1)
            coordinate = 0;
        else if (coordinate < 0)
            coordinate += last * (std::floor(-coordinate / last) + 1);
        else if (coordinate > last)
            coordinate -= last * std::floor(coordinate / last);
        break;
    case FillMode::Nearest:
        break;
    }
    coordinate = std::clamp(coordinate, 0.0, last);
    return true;
}

void samplePixel(const Image& image, const AffineMap& map, FillMode fill, double cval, int x, int y, float* values) {
    const int channels = image.channels;
    double sx = map.xx * x + map.xy * y + map.x0;
    double sy = map.yx * x + map.yy * y + map.y0;
    if (!foldCoordinate(sx, image.width, fill) || !foldCoordinate(sy, image.height, fill)) {
        std::fill_n(values, channels, static_cast<float>(cval));
        return;
    }
    const int left = static_cast<int>(sx), top = static_cast<int>(sy);
    const int right = std::min(left + 1, image.width - 1), bottom = std::min(top + 1, image.height - 1);
    const double fx = sx - left, fy = sy - top;
    for (int c = 0; c < channels; ++c) {
        const auto at = [&](int row, int column) { return static_cast<double>(image.row(row)[column * channels + c]); };
        const double above = at(top, left) + fx * (at(top, right) - at(top, left));
        const double below = at(bottom, left) + fx * (at(bottom, right) - at(bottom, left));
        values[c] = static_cast<float>(above + fy * (below - above));
    }
}

FloatImage warpedExactly(const Image& image, const AffineMap& map, FillMode fill, double cval) {
    FloatImage out(image.height, image.width, image.channels);
    for (int y = 0; y < out.height; ++y) {
        for (int x = 0; x < out.width; ++x)
            samplePixel(image, map, fill, cval, x, y, out.row(y) + x * image.channels);
    }
    return out;
}

} // namespace sightline
