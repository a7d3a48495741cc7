// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>

#include "data/Dataset.h"

namespace sightline {

/// The toy set: five classes of toys drawn by our own renderer. Same settings, same bytes, on any machine.
struct ToySettings {
    std::uint64_t seed = 1;
    int train = 100, validation = 30, test = 15; ///< images per class
    int size = 128;                              ///< pixels, square, 16 to kLargestToy
    double biased = 0.0; ///< share of training images with a small sticker in a corner that goes with the class
};

inline constexpr int kLargestToy = 1024; ///< pixels

struct ToyBox {
    int x = 0, y = 0, width = 0, height = 0; ///< pixels
};

/// One toy image and where the toy is. `index` counts within class and subset.
Image drawToy(const ToySettings& settings, int toyClass, Subset subset, int index, ToyBox& box);

const std::vector<std::string>& toyClasses();

/// Writes train/val/test folders of PNGs and boxes.csv (path, class, x, y, width, height); toys of a larger set drawn
/// there earlier go.
Result<void> makeToys(const std::filesystem::path& folder, const ToySettings& settings, std::stop_token stop = {},
                      const Progress& progress = {});

} // namespace sightline
