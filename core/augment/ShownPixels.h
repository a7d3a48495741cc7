// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "augment/Augment.h"

namespace sightline {

/// What a network is given, [pixels, channels] after `normalizer`, as a person sees it: RGB, 8 bits each. A scale and
/// an offset are undone; where normalization depends on more than the value, the values are spread from black to white.
/// One channel is shown as gray, of more than three the first three.
std::vector<std::uint8_t> shownPixels(std::span<const float> values, int channels, const Normalizer& normalizer);

} // namespace sightline
