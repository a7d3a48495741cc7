// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "data/Dataset.h"
#include "data/Survey.h"

namespace sightline {

/// Something odd in a data set, and the images it is about.
struct Finding {
    /// unreadable, zero_byte, duplicate, near_duplicate, leak (one image in two splits), label_conflict (one image
    /// under two labels), constant, nearly_black, odd_size, tiny_class, empty_class, and the kinds of
    /// Dataset::problems.
    std::string kind;
    std::string path;                   ///< of the first image, else of the file or class
    std::string message;                ///< the rest of the sentence that begins with the path
    std::vector<std::uint32_t> samples; ///< by index; of a class or a stray file: none

    bool operator==(const Finding&) const = default;
};

/// Everything odd, kind by kind, the gravest first. Excluded samples are left out: excluding one copy of two mends the
/// finding.
///
/// - Equal pictures (pixel by pixel, whatever the file type) are a leak where they lie in two splits, a label_conflict
/// where they
///   have two labels, a duplicate where two of them share split and label; all that apply are told.
/// - near_duplicate: resized, recompressed, brighter or mirrored copies (PerceptualHash.h).
/// - odd_size: a side far from what the set has, where few images are like that.
/// - tiny_class: fewer than 5 training images, or under a tenth of the median class, or under 10 and half the median.
std::vector<Finding> healthCheck(const Dataset& dataset, const Survey& survey, int threads,
                                 const std::stop_token& stop = {});

/// How many findings of each kind, in the order of the findings.
std::vector<std::pair<std::string, std::size_t>> countsOf(const std::vector<Finding>& findings);

} // namespace sightline
