// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "augment/Augment.h"

namespace sightline {

/// source = matrix * destination, on (x = column, y = row), pixel centres at whole numbers.
struct AffineMap {
    double xx = 1, xy = 0, x0 = 0; ///< source x = xx * x + xy * y + x0
    double yx = 0, yy = 1, y0 = 0;

    bool isIdentity() const { return xx == 1 && xy == 0 && x0 == 0 && yx == 0 && yy == 1 && y0 == 0; }
};

/// G = C M C^-1 of SPEC 1.4 for the semantics asked for; flips are not in it (they come after).
AffineMap affineMap(const Drawn& drawn, int height, int width, Semantics semantics);

/// Where a coordinate outside the image reads (SPEC 1.5), for an axis of `extent` pixels; false: the pixel is cval.
bool foldCoordinate(double& coordinate, int extent, FillMode mode);

/// Every pixel by the rule, bilinear, in double (SPEC 1.4, 1.5).
FloatImage warpedExactly(const Image& image, const AffineMap& map, FillMode fill, double cval);
/// Pixel (x, y) of the warped image in double: bilinear, outside by the fill mode. `values`: one float a channel.
void samplePixel(const Image& image, const AffineMap& map, FillMode fill, double cval, int x, int y, float* values);

} // namespace sightline
