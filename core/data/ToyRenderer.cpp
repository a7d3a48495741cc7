// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/ToyRenderer.h"

#include <algorithm>
#include <cmath>

namespace sightline {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr int kLines = 4; // sampled lines per pixel row

ToyColor mixed(const ToyColor& below, const ToyColor& above, double amount) {
    return {below.r + (above.r - below.r) * amount, below.g + (above.g - below.g) * amount,
            below.b + (above.b - below.b) * amount};
}

std::vector<double> crossings(const ToyPolygon& polygon, double y) {
    std::vector<double> found;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        const ToyPoint& a = polygon[i];
        const ToyPoint& b = polygon[(i + 1) % polygon.size()];
        if ((a.y <= y) != (b.y <= y))
            found.push_back(a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y));
    }
    std::sort(found.begin(), found.end());
    return found;
}

void addSpan(std::vector<double>& row, double from, double to) {
    const int width = static_cast<int>(row.size());
    from = std::clamp(from, 0.0, static_cast<double>(width));
    to = std::clamp(to, 0.0, static_cast<double>(width));
    for (int x = static_cast<int>(from); x < width && static_cast<double>(x) < to; ++x) {
        const double covered = std::min(to, static_cast<double>(x) + 1) - std::max(from, static_cast<double>(x));
        row[static_cast<std::size_t>(x)] += std::max(0.0, covered) / kLines;
    }
}

} // namespace

ToyPoint ToyPose::apply(ToyPoint point) const {
    const double px = mirrored ? -point.x : point.x;
    return {x + scale * (px * cosine - point.y * sine), y + scale * (px * sine + point.y * cosine)};
}

double toySine(double radians) {
    double term = radians;
    double sum = radians;
    for (int i = 1; i < 16; ++i) {
        term *= -radians * radians / static_cast<double>((2 * i) * (2 * i + 1));
        sum += term;
    }
    return sum;
}

double toyCosine(double radians) {
    return toySine(radians + kPi / 2);
}

ToyColor toyHsv(double hue, double saturation, double value) {
    const auto channel = [&](double offset) {
        double place = hue * 6 + offset;
        while (place >= 6)
            place -= 6;
        const double wave = std::clamp(std::min(place, 4 - place), 0.0, 1.0);
        return value * (1 - saturation * wave);
    };
    return {channel(5), channel(3), channel(1)};
}

ToyPolygon toyEllipse(double x, double y, double radiusX, double radiusY) {
    constexpr int kCorners = 28;
    ToyPolygon polygon;
    for (int i = 0; i < kCorners; ++i) {
        const double angle = kPi * (2.0 * i / kCorners - 1);
        polygon.push_back({x + radiusX * toyCosine(angle), y + radiusY * toySine(angle)});
    }
    return polygon;
}

ToyPolygon toyBlock(double left, double top, double right, double bottom, double radius) {
    if (radius <= 0)
        return {{left, top}, {right, top}, {right, bottom}, {left, bottom}};
    ToyPolygon polygon;
    const auto corner = [&](double x, double y, double start) {
        for (int i = 0; i <= 4; ++i) {
            const double angle = start + kPi / 8 * i;
            polygon.push_back({x + radius * toyCosine(angle), y + radius * toySine(angle)});
        }
    };
    corner(right - radius, bottom - radius, 0);
    corner(left + radius, bottom - radius, kPi / 2);
    corner(left + radius, top + radius, -kPi);
    corner(right - radius, top + radius, -kPi / 2);
    return polygon;
}

ToyLayer::ToyLayer(int size)
    : m_size(size), m_color(static_cast<std::size_t>(size) * static_cast<std::size_t>(size)), m_alpha(m_color.size()) {}

void ToyLayer::set(int x, int y, const ToyColor& color) {
    m_color[at(x, y)] = color;
    m_alpha[at(x, y)] = 1;
}

void ToyLayer::fill(const ToyPolygon& polygon, const ToyColor& color, double shading) {
    if (polygon.size() < 3)
        return;
    const auto [low, high] = std::minmax_element(polygon.begin(), polygon.end(),
                                                 [](const ToyPoint& a, const ToyPoint& b) { return a.y < b.y; });
    const double top = low->y;
    const double height = std::max(1.0, high->y - top);
    const int last = std::min(m_size - 1, static_cast<int>(high->y));
    std::vector<double> row(static_cast<std::size_t>(m_size));
    for (int y = std::max(0, static_cast<int>(top)); y <= last; ++y) {
        std::fill(row.begin(), row.end(), 0.0);
        for (int line = 0; line < kLines; ++line) {
            const std::vector<double> cuts = crossings(polygon, y + (line + 0.5) / kLines);
            for (std::size_t i = 0; i + 1 < cuts.size(); i += 2)
                addSpan(row, cuts[i], cuts[i + 1]);
        }
        const double light = 1 + shading * (0.45 - std::clamp((y + 0.5 - top) / height, 0.0, 1.0));
        const ToyColor lit{std::min(1.0, color.r * light), std::min(1.0, color.g * light),
                           std::min(1.0, color.b * light)};
        for (int x = 0; x < m_size; ++x) {
            const double covered = std::min(1.0, row[static_cast<std::size_t>(x)]);
            if (covered <= 0)
                continue;
            m_color[at(x, y)] = mixed(m_color[at(x, y)], lit, covered);
            m_alpha[at(x, y)] += (1 - m_alpha[at(x, y)]) * covered;
        }
    }
}

void ToyLayer::fill(const ToyPolygon& polygon, const ToyPose& pose, const ToyColor& color, double shading) {
    ToyPolygon placed;
    placed.reserve(polygon.size());
    for (const ToyPoint& point : polygon)
        placed.push_back(pose.apply(point));
    fill(placed, color, shading);
}

void ToyLayer::composite(const ToyLayer& other) {
    for (std::size_t i = 0; i < m_color.size(); ++i) {
        const double rest = 1 - other.m_alpha[i];
        m_color[i] = {other.m_color[i].r + m_color[i].r * rest, other.m_color[i].g + m_color[i].g * rest,
                      other.m_color[i].b + m_color[i].b * rest};
        m_alpha[i] = other.m_alpha[i] + m_alpha[i] * rest;
    }
}

void ToyLayer::castShadow(const ToyLayer& other, int dx, int dy, int radius, double strength) {
    const auto pass = [&](const std::vector<double>& from, bool across, int shiftX, int shiftY) {
        std::vector<double> to(from.size());
        for (int y = 0; y < m_size; ++y) {
            for (int x = 0; x < m_size; ++x) {
                double sum = 0;
                for (int k = -radius; k <= radius; ++k) {
                    const int sx = x - shiftX + (across ? k : 0);
                    const int sy = y - shiftY + (across ? 0 : k);
                    if (sx >= 0 && sy >= 0 && sx < m_size && sy < m_size)
                        sum += from[at(sx, sy)];
                }
                to[at(x, y)] = sum / (2 * radius + 1);
            }
        }
        return to;
    };
    const std::vector<double> soft = pass(pass(other.m_alpha, true, dx, dy), false, 0, 0);
    for (std::size_t i = 0; i < m_color.size(); ++i)
        m_color[i] = mixed(m_color[i], {0, 0, 0}, soft[i] * strength);
}

void ToyLayer::blur(double strength) {
    const std::vector<ToyColor> sharp = m_color;
    for (int y = 0; y < m_size; ++y) {
        for (int x = 0; x < m_size; ++x) {
            ToyColor sum;
            for (int j = -1; j <= 1; ++j) {
                for (int i = -1; i <= 1; ++i) {
                    const ToyColor& near =
                        sharp[at(std::clamp(x + i, 0, m_size - 1), std::clamp(y + j, 0, m_size - 1))];
                    sum = {sum.r + near.r / 9, sum.g + near.g / 9, sum.b + near.b / 9};
                }
            }
            m_color[at(x, y)] = mixed(sharp[at(x, y)], sum, strength);
        }
    }
}

} // namespace sightline
