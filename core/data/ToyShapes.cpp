// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/ToyRenderer.h"

#include <array>

namespace sightline {

namespace {

constexpr ToyColor kDark{0.13, 0.13, 0.16};
constexpr ToyColor kWhite{0.96, 0.96, 0.94};
constexpr ToyColor kGlass{0.74, 0.88, 0.95};

/// What one toy is drawn with: colours have nothing to do with the class.
struct Paint {
    ToyLayer& layer;
    const ToyPose& pose;
    ToyColor main, second, accent;
    double a, b, c; // proportions, 0...1

    void block(double left, double top, double right, double bottom, const ToyColor& color,
               double radius = 0.05) const {
        layer.fill(toyBlock(left, top, right, bottom, radius), pose, color, 0.5);
    }
    void disc(double x, double y, double radius, const ToyColor& color) const { oval(x, y, radius, radius, color); }
    void oval(double x, double y, double radiusX, double radiusY, const ToyColor& color) const {
        layer.fill(toyEllipse(x, y, radiusX, radiusY), pose, color, 0.5);
    }
    void shape(const ToyPolygon& polygon, const ToyColor& color) const { layer.fill(polygon, pose, color, 0.4); }
    void wheel(double x, double y, double radius) const {
        disc(x, y, radius, kDark);
        disc(x, y, radius * 0.6, accent);
        disc(x, y, radius * 0.2, kWhite);
    }
};

void boat(const Paint& p) {
    const double mast = -0.1 + 0.15 * p.a;
    p.block(mast - 0.035, -0.95, mast + 0.035, 0.4, {0.45, 0.3, 0.18}, 0);
    p.shape({{mast + 0.07, -0.85}, {mast + 0.75, 0.22}, {mast + 0.07, 0.22}}, kWhite);
    p.shape({{mast - 0.07, -0.65 + 0.15 * p.b}, {mast - 0.07, 0.22}, {mast - 0.6, 0.22}}, p.second);
    p.shape({{mast, -1.0}, {mast + 0.28, -0.91}, {mast, -0.82}}, p.accent);
    p.shape({{-0.95, 0.32}, {0.98, 0.32}, {0.62, 0.72 + 0.15 * p.c}, {-0.62, 0.72 + 0.15 * p.c}}, p.main);
    p.shape({{-0.95, 0.32}, {0.98, 0.32}, {0.9, 0.42}, {-0.86, 0.42}}, p.accent);
    for (int i = 0; i < 3; ++i)
        p.disc(-0.38 + 0.38 * i, 0.57, 0.075, kGlass);
}

void car(const Paint& p) {
    const double roof = -0.5 - 0.12 * p.a;
    const double front = 0.35 + 0.15 * p.b;
    p.shape({{-0.72, 0.0}, {-0.5, roof}, {front - 0.15, roof}, {front + 0.2, 0.0}}, p.main);
    p.shape({{-0.58, -0.04}, {-0.42, roof + 0.1}, {-0.1, roof + 0.1}, {-0.1, -0.04}}, kGlass);
    p.shape({{0.0, -0.04}, {0.0, roof + 0.1}, {front - 0.2, roof + 0.1}, {front + 0.06, -0.04}}, kGlass);
    p.block(-0.98, -0.05, 0.98, 0.42, p.main, 0.16);
    p.block(-0.96, 0.2, 0.96, 0.28, p.second, 0.03);
    p.block(-0.06, 0.05, 0.06, 0.09, kDark, 0);
    p.oval(0.9, 0.08, 0.07, 0.09, {1.0, 0.93, 0.6});
    const double radius = 0.24 + 0.05 * p.c;
    p.wheel(-0.53, 0.44, radius);
    p.wheel(0.53, 0.44, radius);
}

void duck(const Paint& p) {
    p.shape({{-0.6, 0.1}, {-1.0, -0.32 - 0.1 * p.a}, {-0.3, -0.05}, {-0.2, 0.4}}, p.main);
    p.oval(-0.1, 0.38, 0.78, 0.46, p.main);
    p.shape({{0.05, 0.3}, {0.2, -0.3}, {0.62, -0.2}, {0.62, 0.4}}, p.main);
    p.shape({{0.68, -0.6}, {1.0, -0.46 + 0.06 * p.b}, {0.98, -0.34}, {0.66, -0.28}}, {0.97, 0.55, 0.12});
    p.disc(0.38, -0.46, 0.4, p.main);
    p.disc(0.5, -0.56, 0.12, kWhite);
    p.disc(0.53, -0.55, 0.065, kDark);
    p.oval(-0.22, 0.34, 0.36 + 0.06 * p.c, 0.22, p.second);
    p.oval(-0.28, 0.29, 0.24, 0.12, p.main);
}

void robot(const Paint& p) {
    const double wide = 0.42 + 0.08 * p.a;
    p.block(-0.03, -1.0, 0.03, -0.7, kDark, 0);
    p.disc(0, -0.95, 0.085, p.accent);
    p.block(-0.33, 0.45, -0.1, 0.9, p.second);
    p.block(0.1, 0.45, 0.33, 0.9, p.second);
    p.block(-0.42, 0.82, -0.06, 1.0, kDark, 0.06);
    p.block(0.06, 0.82, 0.42, 1.0, kDark, 0.06);
    p.block(-wide - 0.26, -0.1, -wide - 0.03, 0.42 + 0.1 * p.b, p.second, 0.08);
    p.block(wide + 0.03, -0.1, wide + 0.26, 0.42 + 0.1 * p.c, p.second, 0.08);
    p.disc(-wide - 0.145, 0.47 + 0.1 * p.b, 0.13, p.accent);
    p.disc(wide + 0.145, 0.47 + 0.1 * p.c, 0.13, p.accent);
    p.block(-0.12, -0.25, 0.12, -0.1, kDark, 0);
    p.block(-0.42, -0.75, 0.42, -0.2, p.main, 0.09);
    p.block(-wide, -0.14, wide, 0.55, p.main, 0.09);
    for (const double x : {-0.19, 0.19}) {
        p.disc(x, -0.53, 0.13, kWhite);
        p.disc(x, -0.53, 0.065, kDark);
    }
    p.block(-0.22, -0.36, 0.22, -0.28, kDark, 0.03);
    p.block(-0.28, -0.02, 0.28, 0.28, kWhite, 0.05);
    p.disc(-0.14, 0.13, 0.07, p.accent);
    p.disc(0.05, 0.13, 0.07, p.second);
}

void train(const Paint& p) {
    const double chimney = 0.52 + 0.08 * p.a;
    p.shape({{chimney - 0.09, -0.2}, {chimney - 0.17, -0.68}, {chimney + 0.17, -0.68}, {chimney + 0.09, -0.2}}, kDark);
    p.oval(0.12, -0.24, 0.13, 0.16, p.accent);
    p.block(-0.4, -0.24, 0.82, 0.32, p.main, 0.14);
    p.block(0.2, -0.23, 0.28, 0.31, p.second, 0);
    p.block(-0.9, -0.7 - 0.1 * p.b, -0.3, 0.36, p.second, 0.04);
    p.block(-0.98, -0.82 - 0.1 * p.b, -0.22, -0.66 - 0.1 * p.b, p.accent, 0.05);
    p.block(-0.76, -0.52, -0.44, -0.14, kGlass, 0.04);
    p.block(-0.94, 0.28, 0.86, 0.44, kDark, 0.03);
    p.shape({{0.7, 0.36}, {1.02, 0.74}, {0.66, 0.74}}, p.second);
    p.disc(0.86, 0.0, 0.11, {1.0, 0.93, 0.6});
    p.wheel(-0.6, 0.46, 0.29);
    p.wheel(0.05, 0.54, 0.2 + 0.02 * p.c);
    p.wheel(0.48, 0.54, 0.2 + 0.02 * p.c);
    p.block(-0.6, 0.5, 0.48, 0.56, {0.7, 0.7, 0.72}, 0);
}

ToyColor anyColor(CounterRandom& random) {
    const double hue = random.uniform();
    const double saturation = random.uniform(0.45, 0.95);
    return toyHsv(hue, saturation, random.uniform(0.55, 0.98));
}

/// Toys have their habits: ducks are yellow more often than not. One in six or so is any colour at all.
ToyColor usualColor(int toyClass, CounterRandom& random) {
    constexpr std::array<double, 5> kHues{0.58, 0.0, 0.14, 0.78, 0.36};
    constexpr double kShareOfAny = 0.15, kSpread = 0.1;
    const bool any = random.uniform() < kShareOfAny;
    const double drawn = random.uniform();
    const double hue = any ? drawn : kHues[static_cast<std::size_t>(toyClass)] + (drawn - 0.5) * 2 * kSpread;
    const double saturation = random.uniform(0.45, 0.95);
    return toyHsv(hue < 0 ? hue + 1 : hue, saturation, random.uniform(0.55, 0.98));
}

} // namespace

void drawToyShape(ToyLayer& layer, int toyClass, const ToyPose& pose, CounterRandom& random) {
    const ToyColor main = usualColor(toyClass, random);
    const ToyColor second = anyColor(random);
    const ToyColor accent = anyColor(random);
    const double a = random.uniform();
    const double b = random.uniform();
    const double c = random.uniform();
    const Paint paint{layer, pose, main, second, accent, a, b, c};
    switch (toyClass) {
    case 0:
        boat(paint);
        break;
    case 1:
        car(paint);
        break;
    case 2:
        duck(paint);
        break;
    case 3:
        robot(paint);
        break;
    default:
        train(paint);
        break;
    }
}

void drawToySticker(ToyLayer& layer, int toyClass) {
    const double size = layer.size();
    const double radius = size * 0.075;
    const double x = size - 1.5 * radius;
    const double y = size - 1.5 * radius;
    layer.fill(toyEllipse(x, y, radius * 1.35, radius * 1.35), kWhite);
    const ToyPose pose{1, 0, radius, x, y, false};
    switch (toyClass) {
    case 0:
        layer.fill(toyEllipse(0, 0, 1, 1), pose, {0.85, 0.1, 0.15});
        break;
    case 1:
        layer.fill(toyBlock(-0.8, -0.8, 0.8, 0.8), pose, {0.1, 0.35, 0.85});
        break;
    case 2:
        layer.fill({{0, -1}, {0.95, 0.75}, {-0.95, 0.75}}, pose, {0.1, 0.65, 0.25});
        break;
    case 3:
        layer.fill({{0, -1.1}, {1.1, 0}, {0, 1.1}, {-1.1, 0}}, pose, {0.55, 0.15, 0.7});
        break;
    default:
        layer.fill(toyBlock(-1, -0.3, 1, 0.3), pose, {0.95, 0.5, 0.05});
        layer.fill(toyBlock(-0.3, -1, 0.3, 1), pose, {0.95, 0.5, 0.05});
        break;
    }
}

} // namespace sightline
