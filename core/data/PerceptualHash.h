// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>

#include "support/Image.h"

namespace sightline {

/// What is left of a picture at a glance: enough to recognise it after resizing, recompressing, a change of brightness
/// or a mirror, and little enough to keep for 100,000 of them.
struct Glance {
    /// Signs of the 64 lowest frequencies (but the mean) of the DCT of the picture at 32 x 32 (Zauner 2010, "pHash"):
    /// of the picture, and of it mirrored left to right, top to bottom, and both.
    std::array<std::uint64_t, 4> hashes{};
    std::array<std::uint8_t, 256> luma{};  ///< 16 x 16
    std::array<std::uint8_t, 32> chroma{}; ///< 4 x 4 of Cb, then of Cr; 128 = grey

    bool operator==(const Glance&) const = default;
};

Glance glanceOf(const Image& image);

/// The same picture but for size, compression, brightness or a mirror: the luma correlates and the colours agree.
/// False where a picture is too flat to be recognised.
bool looksAlike(const Glance& a, const Glance& b);

/// Bits of a hash that may differ between two pictures that looksAlike() is asked about.
inline constexpr int kNearBits = 8;

/// Told of each pair j < i, by the number of the thread that found it. A pair is told once for each mirror that fits.
using NearFound = std::function<void(std::size_t thread, std::uint32_t i, std::uint32_t j)>;

/// Pairs of hashes at most kNearBits apart in any of the mirrors. Multi-index hashing (Norouzi, Punjani, Fleet 2012):
/// four tables of 16 bits each, in one of which such a pair differs by at most two bits; so the work grows with the
/// number of neighbours, not with n squared. `found` is called from `threads` threads. Stops early when asked to.
void findNear(std::span<const std::array<std::uint64_t, 4>> hashes, int threads, const std::stop_token& stop,
              const NearFound& found);

} // namespace sightline
