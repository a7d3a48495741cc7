// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "experiment/AugmentationSettings.h"
#include "support/InstructionSets.h"

namespace sightline {

/// A kernel works on chunks of this many pixels of a row, whatever the width of its registers, so that all give the
/// same bits.
inline constexpr int kChunk = 16;

/// One warp made ready for a kernel: where pixels come from, what becomes of their values, where they go. Plain numbers
/// only, because kernels are compiled for processors that the rest of the program does not assume.
struct WarpJob {
    const std::uint8_t* source = nullptr; ///< height x width x channels, rows without padding; both sides at least 2
    int height = 0, width = 0, channels = 3;
    FillMode fill = FillMode::Nearest;
    float cval = 0;

    // source x = xx * x + xy * y + x0, y likewise, of pixel (x, y) of the result; flips and crop are in it.
    double xx = 1, xy = 0, x0 = 0, yx = 0, yy = 1, y0 = 0;
    float offsetsX[kChunk] = {}, offsetsY[kChunk] = {}; ///< xx * lane and yx * lane
    float coordinateError = 0;                          ///< a chunk's coordinates are this precise, in pixels

    bool brightens = false; ///< value = min(255, trunc(factor * trunc(value)))
    float factor = 1;
    float guard = 0; ///< values this near to a whole number are computed in double before trunc; 0: none
    float shift = 0; ///< what is added before that trunc by a later step: nearness is measured with it
    const float* table =
        nullptr; ///< 3 x 256: what becomes of trunc(value) in each channel, instead of brightness, scale and offset
    float scale[3] = {1, 1, 1}, offset[3] = {0, 0, 0};

    float* out = nullptr; ///< outHeight x outWidth x channels
    int outHeight = 0, outWidth = 0;
    const void* exact = nullptr; ///< for sampleExactly()
};

/// The value of a pixel of the result by the reference's double arithmetic, before brightness: `channels` floats.
void sampleExactly(const WarpJob& job, int x, int y, float* values);

// The kernels: one source (WarpKernel.h) over three vocabularies (Lanes*.h), bit-equal by test and by construction: the
// same float operations in the same order, and no fused multiply-add.
void warpPortable(const WarpJob& job);
void warpAvx2(const WarpJob& job);
void warpAvx512(const WarpJob& job);
void warpWith(InstructionSet set, const WarpJob& job);

} // namespace sightline
