// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

namespace sightline {

/// A small grey picture, side x side values, rows first.
struct Thumb {
    static constexpr int kSide = 16;
    std::vector<float> values;
    int label = -1;
};

enum class Mirror { LeftRight, UpsideDown };

/// How well pictures are told from their mirror images by a linear rule that was fitted on others: the share that is
/// told right, two halves taking turns. About 0.5: mirroring makes pictures that could as well be of the set; near 1:
/// it makes pictures the set never has (digits, letters, photographs upside down).
///
/// Two rules are tried, one for all classes (ridge regression of 1 on x - mirrored x) and one for each class (its mean
/// difference); the better counts. 0.5 for fewer than 20 pictures.
double mirrorTold(const std::vector<Thumb>& pictures, Mirror mirror);

/// Below this share, mirroring is harmless: chance plus three standard deviations for so many pictures.
double mirrorLimit(std::size_t pictures);

} // namespace sightline
