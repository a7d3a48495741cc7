// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/ToyPainter.h"

#include <algorithm>
#include <cmath>

namespace sightline {

namespace {

/// cos and sin of k/16 of a turn: a table, so that no library's rounding decides a byte.
constexpr std::array<double, 16> kCosine = {1, 0.9238795325112867, 0.7071067811865476, 0.3826834323650898, 0, -0.3826834323650898, -0.7071067811865476, -0.9238795325112867,
                                            -1, -0.9238795325112867, -0.7071067811865476, -0.3826834323650898, 0, 0.3826834323650898, 0.7071067811865476, 0.9238795325112867};

double cosineOf(std::size_t sixteenth) { return kCosine[sixteenth % 16]; }
double sineOf(std::size_t sixteenth) { return kCosine[(sixteenth + 12) % 16]; }

} // namespace

Color fromHsv(double hue, double saturation, double value) {
    const double sector = (hue - std::floor(hue)) * 6;
    const auto channel = [&](double offset) {
        double k = offset + sector;
        if (k >= 6)
            k -= 6;
        return value - value * saturation * std::clamp(std::min(k, 4 - k), 0.0, 1.0);
    };
    return {channel(5), channel(3), channel(1)};
}

std::vector<Point> rectangle(double left, double top, double right, double bottom) { return {{left, top}, {right, top}, {right, bottom}, {left, bottom}}; }

std::vector<Point> rounded(double left, double top, double right, double bottom, double radius) {
    std::vector<Point> outline;
    const std::array<Point, 4> centers = {Point{right - radius, bottom - radius}, {left + radius, bottom - radius}, {left + radius, top + radius}, {right - radius, top + radius}};
    for (std::size_t corner = 0; corner < 4; ++corner) {
        for (std::size_t step = 0; step <= 4; ++step)
            outline.push_back({centers[corner].x + radius * cosineOf(corner * 4 + step), centers[corner].y + radius * sineOf(corner * 4 + step)});
    }
    return outline;
}

std::vector<Point> ellipse(double x, double y, double radiusX, double radiusY) {
    std::vector<Point> outline;
    for (std::size_t step = 0; step < 16; ++step) {
        // A vertex and the middle of the arc to the next: 32 points look round at these sizes.
        const double c = cosineOf(step), s = sineOf(step), c2 = cosineOf(step + 1), s2 = sineOf(step + 1);
        const double half = 1 / std::sqrt((c + c2) * (c + c2) + (s + s2) * (s + s2));
        outline.push_back({x + radiusX * c, y + radiusY * s});
        outline.push_back({x + radiusX * (c + c2) * half, y + radiusY * (s + s2) * half});
    }
    return outline;
}

ToyCanvas::ToyCanvas(int size, Color background) : m_size(size), m_pixels(static_cast<std::size_t>(size) * static_cast<std::size_t>(size), background) {}

void ToyCanvas::paint(const std::vector<Point>& outline, Color color, double opacity) {
    constexpr int kSamples = 4;
    double top = outline[0].y, bottom = outline[0].y;
    for (const Point& point : outline) {
        top = std::min(top, point.y);
        bottom = std::max(bottom, point.y);
    }
    const int first = std::clamp(static_cast<int>(std::floor(top)), 0, m_size), last = std::clamp(static_cast<int>(std::floor(bottom)) + 1, 0, m_size);
    std::vector<int> coverage(static_cast<std::size_t>(m_size));
    std::vector<double> crossings;
    for (int y = first; y < last; ++y) {
        std::fill(coverage.begin(), coverage.end(), 0);
        for (int sub = 0; sub < kSamples; ++sub) {
            const double line = y + (sub + 0.5) / kSamples;
            crossings.clear();
            for (std::size_t i = 0; i < outline.size(); ++i) {
                const Point& a = outline[i];
                const Point& b = outline[(i + 1) % outline.size()];
                if ((a.y <= line) != (b.y <= line))
                    crossings.push_back(a.x + (line - a.y) / (b.y - a.y) * (b.x - a.x));
            }
            std::sort(crossings.begin(), crossings.end());
            for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) {
                const int from = std::clamp(static_cast<int>(std::ceil(crossings[i] * kSamples - 0.5)), 0, m_size * kSamples);
                const int to = std::clamp(static_cast<int>(std::ceil(crossings[i + 1] * kSamples - 0.5)), 0, m_size * kSamples);
                for (int sample = from; sample < to; ++sample)
                    ++coverage[static_cast<std::size_t>(sample / kSamples)];
            }
        }
        for (int x = 0; x < m_size; ++x) {
            if (const int count = coverage[static_cast<std::size_t>(x)]; count > 0) {
                const double share = opacity * count / (kSamples * kSamples);
                Color& pixel = at(x, y);
                pixel = {pixel.r + share * (color.r - pixel.r), pixel.g + share * (color.g - pixel.g), pixel.b + share * (color.b - pixel.b)};
            }
        }
    }
}

void ToyCanvas::paint(const Shape2d& shape, const Placement& placement, std::array<int, 4>* box) {
    for (const Patch& patch : shape) {
        std::vector<Point> outline;
        for (const Point& point : patch.outline)
            outline.push_back(placement(point));
        paint(outline, patch.color);
        if (!box)
            continue;
        for (const Point& point : outline) {
            const int x = static_cast<int>(std::floor(point.x)), y = static_cast<int>(std::floor(point.y));
            *box = {std::min((*box)[0], std::clamp(x, 0, m_size - 1)), std::min((*box)[1], std::clamp(y, 0, m_size - 1)),
                    std::max((*box)[2], std::clamp(x + 1, 1, m_size)), std::max((*box)[3], std::clamp(y + 1, 1, m_size))};
        }
    }
}

void ToyCanvas::blur(int passes) {
    for (int pass = 0; pass < passes; ++pass) {
        for (const bool horizontal : {true, false}) {
            const std::vector<Color> before = m_pixels;
            const auto read = [&](int x, int y) {
                return before[static_cast<std::size_t>(std::clamp(y, 0, m_size - 1)) * static_cast<std::size_t>(m_size) + static_cast<std::size_t>(std::clamp(x, 0, m_size - 1))];
            };
            for (int y = 0; y < m_size; ++y) {
                for (int x = 0; x < m_size; ++x) {
                    const Color a = horizontal ? read(x - 1, y) : read(x, y - 1), b = read(x, y), c = horizontal ? read(x + 1, y) : read(x, y + 1);
                    at(x, y) = {(a.r + 2 * b.r + c.r) / 4, (a.g + 2 * b.g + c.g) / 4, (a.b + 2 * b.b + c.b) / 4};
                }
            }
        }
    }
}

Image ToyCanvas::image() const {
    Image image(m_size, m_size, 3);
    for (std::size_t i = 0; i < m_pixels.size(); ++i) {
        const std::array<double, 3> channels = {m_pixels[i].r, m_pixels[i].g, m_pixels[i].b};
        for (std::size_t c = 0; c < 3; ++c)
            image.pixels[3 * i + c] = static_cast<std::uint8_t>(std::clamp(channels[c], 0.0, 1.0) * 255 + 0.5);
    }
    return image;
}

} // namespace sightline
