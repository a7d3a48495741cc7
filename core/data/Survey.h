// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <map>
#include <stop_token>
#include <utility>
#include <vector>

#include "data/Dataset.h"

namespace sightline {

/// What only decoding every image tells.
struct Survey {
    std::map<std::pair<int, int>, std::size_t> sizes; ///< (height, width) -> images
    std::vector<DataProblem> unreadable;              ///< by path
    std::array<double, 3> mean{}, deviation{};        ///< of each channel over all pixels of all images, 0...255
    std::size_t images = 0;                           ///< decoded
};

/// Decodes every image once on `threads` threads. Stopped early, it tells of the images so far.
Survey survey(const Dataset& dataset, int threads, std::stop_token stop = {}, const Progress& progress = {});

} // namespace sightline
