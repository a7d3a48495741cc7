// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "data/Dataset.h"

namespace sightline::engine {

/// An image that cannot be read.
struct SkippedImage {
    std::uint32_t sample = 0; ///< index into Dataset::samples
    std::string reason;
};

/// Says of each image that cannot be read, once, and of a class when none of its images is left.
class SkippedImages {
public:
    explicit SkippedImages(const char* kind) : m_kind(kind) {}
    /// From here on a feed of the same images tells anew what it skips.
    void feedOpened() { m_seen = 0; }
    /// What is new since the last call. `total` are the feed's images.
    std::vector<std::string> news(const std::vector<SkippedImage>& skipped, const std::vector<std::uint32_t>& total,
                                  const Dataset& dataset);

private:
    const char* m_kind;                       ///< "training", "validation"
    std::size_t m_seen = 0;                   ///< how many there were
    std::unordered_set<std::uint32_t> m_told; ///< a feed that is opened again skips them again
    std::vector<bool> m_gone;                 ///< by class
};

} // namespace sightline::engine
