// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
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
    std::size_t otherContents = 0; ///< paths that name another image in the second; not among leftOut
    double p = 1;                  ///< McNemar's: how likely a difference as large is where both are equally good
};

/// Images are matched by path, classes by name. `otherContents`: paths that name another image in the second's data.
Comparison compared(const Evaluation& first, const Evaluation& second, const std::set<std::string>& otherContents = {});

/// The figures of a class that both networks know, each on its own evaluation.
struct ComparedClass {
    ClassReport first, second;
};
/// In the first's order.
std::vector<ComparedClass> comparedClasses(const Evaluation& first, const Evaluation& second);

/// McNemar's test (1947), exact and two-sided: of the images that only one got right, a fair coin's share. 1 where
/// there are none.
double mcNemar(std::int64_t onlyFirst, std::int64_t onlySecond);

} // namespace sightline
