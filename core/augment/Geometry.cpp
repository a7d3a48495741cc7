// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/Geometry.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace sightline {

namespace {

using Matrix = std::array<double, 6>; ///< the upper two rows of 3 x 3; the third is 0, 0, 1

Matrix product(const Matrix& a, const Matrix& b) {
    return {a[0] * b[0] + a[1] * b[3], a[0] * b[1] + a[1] * b[4], a[0] * b[2] + a[1] * b[5] + a[2],
            a[3] * b[0] + a[4] * b[3], a[3] * b[1] + a[4] * b[4], a[3] * b[2] + a[4] * b[5] + a[5]};
}

} // namespace

AffineMap affineMap(const Drawn& drawn, int height, int width, Semantics semantics) {
    if (drawn.theta == 0 && drawn.tx == 0 && drawn.ty == 0 && drawn.shear == 0 && drawn.zx == 1 && drawn.zy == 1)
        return {};
    const double theta = drawn.theta * std::numbers::pi / 180.0;
    const double shear = drawn.shear * std::numbers::pi / 180.0;
    // R(theta) T(tx, ty) S(shear) Z(zx, zy) on the semantics' own pair of axes (SPEC 1.4), multiplied in Keras' order: at a
    // quarter turn the last bit decides which pixels of the border lie inside.
    Matrix m = product({std::cos(theta), -std::sin(theta), 0, std::sin(theta), std::cos(theta), 0}, {1, 0, drawn.tx, 0, 1, drawn.ty});
    m = product(product(m, {1, -std::sin(shear), 0, 0, std::cos(shear), 0}), {drawn.zx, 0, 0, 0, drawn.zy, 0});
    double centerFirst = (width - 1) / 2.0;
    double centerSecond = (height - 1) / 2.0;
    if (semantics == Semantics::Keras29) { // its release mixed up the axes of the centre
        centerFirst = height / 2.0 - 0.5;
        centerSecond = width / 2.0 - 0.5;
    } else if (semantics == Semantics::Keras28) {
        centerFirst = height / 2.0 + 0.5;
        centerSecond = width / 2.0 + 0.5;
    }
    m = product(product({1, 0, centerFirst, 0, 1, centerSecond}, m), {1, 0, -centerFirst, 0, 1, -centerSecond});
    if (semantics == Semantics::Keras28) // its axes are (row, column)
        return {m[4], m[3], m[5], m[1], m[0], m[2]};
    return {m[0], m[1], m[2], m[3], m[4], m[5]};
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

FloatImage warpedExactly(const Image& image, const AffineMap& map, FillMode fill, double cval) {
    FloatImage out(image.height, image.width, image.channels);
    const int channels = image.channels;
    for (int y = 0; y < out.height; ++y) {
        float* target = out.row(y);
        for (int x = 0; x < out.width; ++x, target += channels) {
            double sx = map.xx * x + map.xy * y + map.x0;
            double sy = map.yx * x + map.yy * y + map.y0;
            if (!foldCoordinate(sx, image.width, fill) || !foldCoordinate(sy, image.height, fill)) {
                std::fill_n(target, channels, static_cast<float>(cval));
                continue;
            }
            const int left = static_cast<int>(sx), top = static_cast<int>(sy);
            const int right = std::min(left + 1, image.width - 1), bottom = std::min(top + 1, image.height - 1);
            const double fx = sx - left, fy = sy - top;
            for (int c = 0; c < channels; ++c) {
                const auto at = [&](int row, int column) { return static_cast<double>(image.row(row)[column * channels + c]); };
                const double above = at(top, left) + fx * (at(top, right) - at(top, left));
                const double below = at(bottom, left) + fx * (at(bottom, right) - at(bottom, left));
                target[c] = static_cast<float>(above + fy * (below - above));
            }
        }
    }
    return out;
}

} // namespace sightline
