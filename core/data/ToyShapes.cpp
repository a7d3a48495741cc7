// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/ToyShapes.h"

namespace sightline {

namespace {

constexpr Color kDark{0.12, 0.12, 0.14};
constexpr Color kLight{0.93, 0.93, 0.9};

void wheel(Shape2d& shape, double x, double y, double radius) {
    shape.push_back({ellipse(x, y, radius, radius), kDark});
    shape.push_back({ellipse(x, y, radius * 0.5, radius * 0.5), kLight});
}

Shape2d boat(Color body, Color second, Color accent) {
    return {{{{-0.95, 0.3}, {0.95, 0.3}, {0.6, 0.8}, {-0.6, 0.8}}, body},
            {{{-0.86, 0.42}, {0.86, 0.42}, {0.8, 0.52}, {-0.8, 0.52}}, kLight},
            {rectangle(-0.05, -0.95, 0.05, 0.32), kDark},
            {{{0.1, -0.9}, {0.8, 0.18}, {0.1, 0.18}}, second},
            {{{-0.1, -0.7}, {-0.1, 0.18}, {-0.62, 0.18}}, accent}};
}

Shape2d car(Color body, Color second, Color) {
    Shape2d shape = {{{{-0.5, -0.05}, {-0.3, -0.5}, {0.3, -0.5}, {0.58, -0.05}}, second},
                     {{{-0.38, -0.08}, {-0.24, -0.4}, {-0.03, -0.4}, {-0.03, -0.08}}, kLight},
                     {{{0.05, -0.08}, {0.05, -0.4}, {0.25, -0.4}, {0.42, -0.08}}, kLight},
                     {rounded(-0.98, -0.1, 0.98, 0.35, 0.14), body},
                     {ellipse(0.88, 0.08, 0.08, 0.08), {0.98, 0.9, 0.5}}};
    wheel(shape, -0.52, 0.38, 0.25);
    wheel(shape, 0.52, 0.38, 0.25);
    return shape;
}

Shape2d duck(Color body, Color second, Color accent) {
    return {{{{-0.6, 0.1}, {-1.0, -0.25}, {-0.75, 0.5}}, body},
            {ellipse(-0.1, 0.35, 0.75, 0.45), body},
            {ellipse(0.4, -0.35, 0.38, 0.36), body},
            {{{0.72, -0.45}, {1.0, -0.3}, {0.72, -0.15}}, accent},
            {ellipse(0.5, -0.45, 0.08, 0.09), kDark},
            {ellipse(-0.2, 0.3, 0.38, 0.2), second}};
}

Shape2d robot(Color body, Color second, Color accent) {
    return {{rectangle(-0.04, -1.0, 0.04, -0.75), kDark},
            {ellipse(0, -0.98, 0.09, 0.09), accent},
            {rounded(-0.42, -0.78, 0.42, -0.2, 0.08), second},
            {ellipse(-0.18, -0.52, 0.12, 0.12), kLight},
            {ellipse(0.18, -0.52, 0.12, 0.12), kLight},
            {ellipse(-0.18, -0.52, 0.05, 0.05), kDark},
            {ellipse(0.18, -0.52, 0.05, 0.05), kDark},
            {rectangle(-0.2, -0.34, 0.2, -0.28), kDark},
            {rounded(-0.5, -0.15, 0.5, 0.55, 0.06), body},
            {rounded(-0.78, -0.12, -0.56, 0.4, 0.08), second},
            {rounded(0.56, -0.12, 0.78, 0.4, 0.08), second},
            {rectangle(-0.26, 0.0, 0.26, 0.28), accent},
            {rectangle(-0.38, 0.58, -0.1, 0.98), kDark},
            {rectangle(0.1, 0.58, 0.38, 0.98), kDark}};
}

Shape2d train(Color body, Color second, Color accent) {
    Shape2d shape = {{rounded(-0.35, -0.25, 0.85, 0.3, 0.2), body},
                     {rectangle(-0.9, -0.65, -0.3, 0.3), second},
                     {rectangle(-0.98, -0.78, -0.22, -0.62), kDark},
                     {rectangle(-0.76, -0.5, -0.45, -0.18), kLight},
                     {{{0.42, -0.25}, {0.36, -0.7}, {0.74, -0.7}, {0.68, -0.25}}, kDark},
                     {ellipse(0.08, -0.25, 0.15, 0.14), accent},
                     {{{0.85, 0.3}, {1.0, 0.58}, {0.7, 0.58}}, accent},
                     {rectangle(-0.92, 0.28, 0.86, 0.4), kDark}};
    wheel(shape, -0.62, 0.5, 0.26);
    wheel(shape, 0.02, 0.56, 0.19);
    wheel(shape, 0.46, 0.56, 0.19);
    return shape;
}

} // namespace

Shape2d toyShape(int toyClass, Color body, Color second, Color accent) {
    switch (toyClass) {
    case 0: return boat(body, second, accent);
    case 1: return car(body, second, accent);
    case 2: return duck(body, second, accent);
    case 3: return robot(body, second, accent);
    default: return train(body, second, accent);
    }
}

} // namespace sightline
