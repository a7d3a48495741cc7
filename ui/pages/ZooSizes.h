// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "experiment/Experiment.h"

namespace sightline::ui {

/// How large every network of the zoo is with its default options. Building them all takes a while, so they are built
/// again only when what they depend on has changed: the size and channels of the input, and the number of classes.
class ZooSizes {
public:
    /// Parameters, in the order of zoo(); none where a network cannot take such images.
    const std::vector<std::optional<std::int64_t>>& of(const Experiment& experiment, int classes);

private:
    std::vector<int> m_key;
    std::vector<std::optional<std::int64_t>> m_parameters;
};

} // namespace sightline::ui
