// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>

namespace sightline {

/// Which part of each batch a process takes, where several train one network together.
struct BatchPart {
    std::size_t rank = 0, of = 1;

    struct Range {
        std::size_t begin = 0, end = 0;

        bool operator==(const Range&) const = default;
    };
    /// Of `count` in order: parts as equal as can be, the larger ones first. 13 on two: 7 and 6; a part may be empty.
    constexpr Range among(std::size_t count) const {
        const std::size_t each = count / of, more = count % of, begin = rank * each + std::min(rank, more);
        return {begin, begin + each + (rank < more ? 1 : 0)};
    }
    /// How many the largest part has.
    constexpr std::size_t most(std::size_t count) const { return (count + of - 1) / of; }
    bool isWhole() const { return of == 1; }

    bool operator==(const BatchPart&) const = default;
};

} // namespace sightline
