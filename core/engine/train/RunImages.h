// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <unordered_set>

#include "engine/train/TrainSetup.h"

namespace sightline::engine {

/// Opens the images of a run that begins or goes on into `setup`, and says in its notes what a person should know of
/// them. A new run gets the manifest of what it will be trained on; one that goes on sees its own images alone, in its
/// own order.
Result<void> openRunImages(const TrainRequest& request, std::stop_token stop, TrainSetup& setup);

/// Says of each image that cannot be read, once, and of a class when none of its images is left.
class SkippedImages {
public:
    explicit SkippedImages(const char* kind) : m_kind(kind) {}
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
