// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "augment/Corruption.h"
#include "experiment/RunEdit.h"
#include "support/Json.h"

namespace sightline {

/// How does accuracy fall when the images of a split get worse? Of a run only.
struct Robustness;
struct RobustnessQuestion {
    using Answer = Robustness;
    std::string split = {};    ///< train | val | test; empty: test, else val
    std::string dataPath = {}; ///< where the run's images are now; empty: where the run says
    std::vector<Corruption> kinds = corruptions();
    std::uint64_t seed = 0; ///< of each image's direction, place and noise
};

/// Images are made worse at the size the run reads them; the first point of each curve is evaluate's accuracy. Where a
/// kind has two directions, each image takes one by chance, the same at every strength.
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
    std::vector<std::string> skipped; ///< unreadable images and those of unknown classes, with the reason
};

/// The first strength at which a curve has fallen by five points or more; nothing where it does not.
std::optional<double> fallsAt(const Robustness::Curve& curve);

/// What would teach a network to bear images as bad as this: settings for the augmentation, whole (`augmentation.`
/// paths). `height`, `width`: of the images in training.
std::vector<Setting> augmentationAgainst(Corruption kind, double strength, int height, int width);

/// CLI.md's `robustness`.
Json toJson(const Robustness& robustness);

} // namespace sightline
