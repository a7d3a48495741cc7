// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "augment/Geometry.h"
#include "augment/Pointwise.h"

namespace sightline {

namespace {

/// Four floats in one register; the fourth is a passenger for RGB.
using Float4 = float __attribute__((vector_size(16)));
using Byte4 = std::uint8_t __attribute__((vector_size(4)));

Float4 pixelAt(const std::uint8_t* p) {
    Byte4 bytes;
    std::memcpy(&bytes, p, 4);
    return __builtin_convertvector(bytes, Float4);
}

/// One value, rewritten by the table where there is one, normalised otherwise.
struct Tone {
    bool hasTable = false;
    std::array<std::array<float, 256>, 3> table{};
    std::array<float, 3> scale{1, 1, 1}, offset{0, 0, 0};

    float operator()(float value, std::size_t channel) const {
        return hasTable ? table[channel][static_cast<std::uint8_t>(value)] : value * scale[channel] + offset[channel];
    }
};

/// The part [first, last) of a row whose source pixels and their neighbours lie inside, so that no test is needed.
struct Inside {
    int first, last;
};

/// Narrows [first, last) to where low <= slope * x + start < high.
void narrow(Inside& span, double slope, double start, double low, double high) {
    if (slope == 0) {
        if (!(start >= low && start < high))
            span.last = span.first;
        return;
    }
    double a = (low - start) / slope, b = (high - start) / slope;
    if (slope < 0)
        std::swap(a, b);
    // One pixel of safety at each end for rounding; the careful path takes those.
    // Never beyond the row's end: where nothing is inside, the span is empty and lies within the row.
    span.first = std::min(std::max(span.first, static_cast<int>(std::clamp(std::ceil(a) + 1, -1.0, 1e6))), span.last);
    span.last = std::min(span.last, static_cast<int>(std::clamp(std::floor(b), -1.0, 1e6)));
    span.last = std::max(span.last, span.first);
}

/// Writes one row of the result: warp, tone, flip and crop in one go.
class RowWriter {
public:
    RowWriter(const AugmentationSettings& settings, const Image& image, const AffineMap& map, const Tone& tone)
        : m_settings(settings), m_image(image), m_map(map), m_tone(tone) {}

    /// Destination pixels left ... left + count - 1 of row y (before flipping), written forwards or backwards.
    template <int Channels>
    void write(int y, int left, int count, bool backwards, float* out) const {
        const double startX = m_map.xy * y + m_map.x0, startY = m_map.yy * y + m_map.y0;
        Inside inside{left, left + count};
        narrow(inside, m_map.xx, startX, 0, m_image.width - 2);
        narrow(inside, m_map.yx, startY, 0, m_image.height - 1);
        const int step = backwards ? -Channels : Channels;
        float* target = backwards ? out + static_cast<std::ptrdiff_t>(count - 1) * Channels : out;
        int x = left;
        for (; x < inside.first && x < left + count; ++x, target += step)
            careful<Channels>(m_map.xx * x + startX, m_map.yx * x + startY, target);
        for (; x < inside.last; ++x, target += step)
            quick<Channels>(m_map.xx * x + startX, m_map.yx * x + startY, target);
        for (; x < left + count; ++x, target += step)
            careful<Channels>(m_map.xx * x + startX, m_map.yx * x + startY, target);
    }

private:
    template <int Channels>
    void quick(double sx, double sy, float* target) const {
        const int left = static_cast<int>(sx), top = static_cast<int>(sy);
        const auto fx = static_cast<float>(sx - left), fy = static_cast<float>(sy - top);
        const std::size_t rowBytes = m_image.rowBytes();
        const std::uint8_t* p = m_image.row(top) + left * Channels;
        if constexpr (Channels == 3) {
            const Float4 a = pixelAt(p), b = pixelAt(p + 3), c = pixelAt(p + rowBytes), d = pixelAt(p + rowBytes + 3);
            const Float4 above = a + fx * (b - a);
            const Float4 below = c + fx * (d - c);
            const Float4 value = above + fy * (below - above);
            for (std::size_t channel = 0; channel < 3; ++channel)
                target[channel] = m_tone(value[channel], channel);
        } else {
            const auto at = [&](std::size_t offset) { return static_cast<float>(p[offset]); };
            const float above = at(0) + fx * (at(1) - at(0));
            const float below = at(rowBytes) + fx * (at(rowBytes + 1) - at(rowBytes));
            target[0] = m_tone(above + fy * (below - above), 0);
        }
    }

    template <int Channels>
    void careful(double sx, double sy, float* target) const {
        if (!foldCoordinate(sx, m_image.width, m_settings.fillMode) || !foldCoordinate(sy, m_image.height, m_settings.fillMode)) {
            for (int c = 0; c < Channels; ++c)
                target[c] = m_tone(static_cast<float>(m_settings.cval), static_cast<std::size_t>(c));
            return;
        }
        const int left = static_cast<int>(sx), top = static_cast<int>(sy);
        const int right = std::min(left + 1, m_image.width - 1), bottom = std::min(top + 1, m_image.height - 1);
        const auto fx = static_cast<float>(sx - left), fy = static_cast<float>(sy - top);
        for (int c = 0; c < Channels; ++c) {
            const auto at = [&](int row, int column) { return static_cast<float>(m_image.row(row)[column * Channels + c]); };
            const float above = at(top, left) + fx * (at(top, right) - at(top, left));
            const float below = at(bottom, left) + fx * (at(bottom, right) - at(bottom, left));
            target[c] = m_tone(above + fy * (below - above), static_cast<std::size_t>(c));
        }
    }

    const AugmentationSettings& m_settings;
    const Image& m_image;
    const AffineMap& m_map;
    const Tone& m_tone;
};

/// Steps that look at the whole image before they change a value cannot be one table.
bool needsReference(const AugmentationSettings& settings, const Drawn& drawn, const Image& image, const Normalizer& normalizer) {
    const bool odd = drawn.brightness && (settings.semantics == Semantics::Keras28 || (settings.fillMode == FillMode::Constant && (settings.cval < 0 || settings.cval > 255)));
    return settings.exact || hasLaterSteps(drawn) || odd || drawn.channelShift || drawn.contrast || (drawn.gamma && !drawn.brightness) || !normalizer.isAffine() || normalizer.swapsChannels() ||
           (image.channels != 3 && image.channels != 1);
}

Tone toneFor(const Drawn& drawn, const Normalizer& normalizer) {
    Tone tone;
    tone.scale = normalizer.scale();
    tone.offset = normalizer.offset();
    if (drawn.brightness) {
        tone.hasTable = true;
        for (int value = 0; value < 256; ++value) {
            float toned = brightened(*drawn.brightness, value);
            if (drawn.gamma)
                toned = static_cast<float>(std::pow(static_cast<double>(toned), *drawn.gamma));
            for (std::size_t c = 0; c < 3; ++c)
                tone.table[c][static_cast<std::size_t>(value)] = toned * tone.scale[c] + tone.offset[c];
        }
    }
    return tone;
}

} // namespace

void applyFast(const AugmentationSettings& settings, const Drawn& drawn, const Image& image, const Normalizer& normalizer, float* out) {
    if (needsReference(settings, drawn, image, normalizer)) {
        const FloatImage exact = applyExactly(settings, drawn, image);
        std::copy(exact.pixels.begin(), exact.pixels.end(), out);
        normalizer.apply(out, exact.pixels.size() / static_cast<std::size_t>(exact.channels), exact.channels);
        return;
    }
    if (drawn.resizedCrop) {
        Drawn rest = drawn;
        rest.resizedCrop.reset();
        applyFast(settings, rest, resizedPart(image, *drawn.resizedCrop), normalizer, out);
        return;
    }
    const AffineMap map = affineMap(drawn, image.height, image.width, settings.semantics);
    const Tone tone = toneFor(drawn, normalizer);
    const auto size = outputSize(settings, image.height, image.width);
    const int cropTop = drawn.crop ? std::clamp((*drawn.crop)[0], 0, image.height - size[0]) : 0;
    const int cropLeft = drawn.crop ? std::clamp((*drawn.crop)[1], 0, image.width - size[1]) : 0;
    const RowWriter writer(settings, image, map, tone);
    const std::size_t rowSize = static_cast<std::size_t>(size[1]) * static_cast<std::size_t>(image.channels);
    for (int row = 0; row < size[0]; ++row) {
        const int y = drawn.flipVertical ? image.height - 1 - (cropTop + row) : cropTop + row;
        const int left = drawn.flipHorizontal ? image.width - cropLeft - size[1] : cropLeft;
        float* target = out + static_cast<std::size_t>(row) * rowSize;
        if (image.channels == 3)
            writer.write<3>(y, left, size[1], drawn.flipHorizontal, target);
        else
            writer.write<1>(y, left, size[1], drawn.flipHorizontal, target);
    }
    if (drawn.occlusion) {
        const int side = settings.occlusion ? settings.occlusion->size : OcclusionSettings{}.size;
        const auto channels = static_cast<std::size_t>(image.channels);
        for (int y = std::max(0, drawn.occlusion->top - cropTop); y < std::min(size[0], drawn.occlusion->top - cropTop + side); ++y) {
            for (int x = std::max(0, drawn.occlusion->left - cropLeft); x < std::min(size[1], drawn.occlusion->left - cropLeft + side); ++x) {
                for (std::size_t c = 0; c < channels; ++c)
                    out[static_cast<std::size_t>(y) * rowSize + static_cast<std::size_t>(x) * channels + c] = static_cast<float>(drawn.occlusion->value) * tone.scale[c] + tone.offset[c];
            }
        }
    }
}

} // namespace sightline
