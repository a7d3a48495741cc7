// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "metrics/Evaluation.h"

namespace sightline {

/// One image that two networks judged: its places in their predictions.
struct ComparedImage {
    std::size_t first = 0, second = 0;
};

/// Two networks on the same images. What only one of them judged, or knows under another class, is left out.
struct Comparison {
    std::vector<ComparedImage> bothRight, bothWrong, onlyFirst, onlySecond; ///< in the first's order
    std::size_t leftOut = 0;                                                ///< of the images of either
    double p = 1; ///< McNemar's: how likely a difference as large is where both are equally good
};

/// Images are matched by path, classes by name.
Comparison compared(const Evaluation& first, const Evaluation& second);

/// McNemar's test (1947), exact and two-sided: of the images that only one got right, a fair coin's share. 1 where
/// there are none.
double mcNemar(std::int64_t onlyFirst, std::int64_t onlySecond);

} // namespace sightline
