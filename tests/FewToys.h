// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "data/Toys.h"

/// A toy set small enough for a test: so many images of each of the five classes, `others` in val and in test.
inline bool drawFewToys(const std::filesystem::path& folder, int train = 12, int others = 4, int size = 48) {
    sightline::ToySettings toys;
    toys.train = train;
    toys.validation = toys.test = others;
    toys.size = size;
    return sightline::makeToys(folder, toys).ok();
}
