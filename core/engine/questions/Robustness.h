// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "augment/Corruption.h"

namespace sightline {

/// How does accuracy fall when the images of a split get worse? Of a run only.
struct Robustness;
struct RobustnessQuestion {
    using Answer = Robustness;
    std::string split;    ///< train | val | test; empty: test, else val
    std::string dataPath; ///< where the run's images are now; empty: where the run says
    std::vector<Corruption> kinds = corruptions();
};

struct Robustness {
    struct Point {
        double strength = 0, accuracy = 0;
        std::vector<std::optional<double>> perClass; ///< nothing for a class without images
    };
    struct Curve {
        Corruption kind = Corruption::Rotation;
        std::vector<Point> points; ///< weakest first; the first is the image as it is
    };
    std::string split;
    std::vector<std::string> classes;
    std::size_t images = 0;
    std::vector<Curve> curves;
};

} // namespace sightline
