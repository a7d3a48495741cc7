// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "data/Dataset.h"

namespace sightline {

/// Images of one shape, one after the other in blocks of memory (the records of CIFAR and IDX files).
struct RecordShape {
    int height = 0, width = 0, channels = 1;
    bool planar = false; ///< all of red, then green, then blue
    std::size_t size() const {
        return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
    }
};

/// Where each record's pixels begin: in which block, at which byte. Sample::record counts these.
struct RecordPlace {
    std::uint32_t block = 0;
    std::uint64_t offset = 0;
};

std::shared_ptr<const ImageSource> makeRecordSource(RecordShape shape, std::vector<std::vector<std::uint8_t>> blocks,
                                                    std::vector<RecordPlace> places);

} // namespace sightline
