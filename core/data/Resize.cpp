// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "data/Dataset.h"

namespace sightline {

namespace {

/// Pillow's resampling weights are 22-bit fixed point (SPEC 1.9).
constexpr int kPrecisionBits = 22;

double sinc(double x) {
    return x == 0 ? 1.0 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

struct Filter {
    double support;
    double (*weight)(double);
};

Filter filterFor(Interpolation interpolation) {
    switch (interpolation) {
    case Interpolation::Box:
        return {0.5, [](double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }};
    case Interpolation::Hamming:
        return {1.0, [](double x) {
                    x = std::abs(x);
                    if (x == 0)
                        return 1.0;
                    return x >= 1 ? 0.0 : sinc(x) * (0.54 + 0.46 * std::cos(std::numbers::pi * x));
                }};
    case Interpolation::Bicubic:
        return {2.0, [](double x) {
                    constexpr double a = -0.5;
                    x = std::abs(x);
                    if (x < 1)
                        return ((a + 2) * x - (a + 3)) * x * x + 1;
                    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0.0;
                }};
    case Interpolation::Lanczos:
        return {3.0, [](double x) { return x > -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0.0; }};
    case Interpolation::Nearest:
    case Interpolation::Bilinear:
        break;
    }
    return {1.0, [](double x) {
                x = std::abs(x);
                return x < 1 ? 1 - x : 0.0;
            }};
}

/// Taps of every output position along one axis. Positions begin at even offsets of `high` and `low`, so that taps go
/// in pairs; a weight is high * 4096 + low, two numbers of 16 bits: their products with bytes are exact and there are
/// instructions for pairs.
struct Taps {
    struct Span {
        int first, count;
        std::size_t weights; ///< offset into `high` and `low`, each with one zero more where the count is odd
    };
    std::vector<Span> spans;
    std::vector<std::int16_t> high, low;

    void push(std::int32_t weight) {
        high.push_back(static_cast<std::int16_t>(weight >> kLowBits));
        low.push_back(static_cast<std::int16_t>(weight & ((1 << kLowBits) - 1)));
    }
    std::int32_t weight(std::size_t at) const { return high[at] * (1 << kLowBits) + low[at]; }

    static constexpr int kLowBits = 12;
};

Taps tapsFor(int source, int target, const Filter& filter) {
    const double scale = static_cast<double>(source) / target;
    const double filterScale = std::max(scale, 1.0);
    const double support = filter.support * filterScale;
    Taps taps;
    std::vector<double> weights;
    for (int i = 0; i < target; ++i) {
        const double center = (i + 0.5) * scale;
        const int first = std::max(0, static_cast<int>(center - support + 0.5));
        const int last = std::min(source, static_cast<int>(center + support + 0.5));
        weights.clear();
        double sum = 0;
        for (int k = first; k < last; ++k) {
            weights.push_back(filter.weight((k - center + 0.5) / filterScale));
            sum += weights.back();
        }
        taps.spans.push_back({first, last - first, taps.high.size()});
        for (const double weight : weights) {
            const double fixed = (sum != 0 ? weight / sum : weight) * (1 << kPrecisionBits);
            taps.push(static_cast<std::int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
        }
        if (weights.size() % 2 != 0)
            taps.push(0);
    }
    return taps;
}

/// A sum of bytes times weights fits 32 bits: the weights of a position add up to 2^22, their sizes to less than twice
/// that.
std::uint8_t clipped(std::int32_t sum) {
    return static_cast<std::uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255));
}

constexpr std::int32_t kHalf = 1 << (kPrecisionBits - 1);

#if defined(__SSE2__)

/// Two weights, again and again.
__m128i pairOf(const std::int16_t* weights) {
    std::int32_t pair;
    std::memcpy(&pair, weights, sizeof pair);
    return _mm_set1_epi32(pair);
}

/// Sums of high and of low parts in four lanes, joined and clipped to bytes in the lowest four.
struct Sums {
    __m128i high = _mm_setzero_si128(), low = _mm_set1_epi32(kHalf);

    void add(__m128i pairs, __m128i highWeights, __m128i lowWeights) {
        high = _mm_add_epi32(high, _mm_madd_epi16(pairs, highWeights));
        low = _mm_add_epi32(low, _mm_madd_epi16(pairs, lowWeights));
    }
    __m128i whole() const {
        return _mm_srai_epi32(_mm_add_epi32(_mm_slli_epi32(high, Taps::kLowBits), low), kPrecisionBits);
    }
};

__m128i fourBytes(const std::uint8_t* p) {
    std::int32_t value;
    std::memcpy(&value, p, sizeof value);
    return _mm_cvtsi32_si128(value);
}

/// A row of RGB; `source` has four bytes of room behind its end.
void resampleRgbRow(const std::uint8_t* source, const Taps& taps, std::uint8_t* target) {
    for (const Taps::Span& span : taps.spans) {
        Sums sums;
        const std::uint8_t* pixel = source + span.first * 3;
        for (int k = 0; k < span.count; k += 2, pixel += 6) {
            const std::size_t at = span.weights + static_cast<std::size_t>(k);
            const __m128i pairs =
                _mm_unpacklo_epi8(_mm_unpacklo_epi8(fourBytes(pixel), fourBytes(pixel + 3)), _mm_setzero_si128());
            sums.add(pairs, pairOf(&taps.high[at]), pairOf(&taps.low[at]));
        }
        const __m128i words = _mm_packs_epi32(sums.whole(), sums.whole());
        const std::int32_t bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
        std::memcpy(target, &bytes, 3);
        target += 3;
    }
}

/// Sixteen bytes of an output row; returns how many bytes of the row are done.
std::size_t resampleRowPart(const std::uint8_t* const* rows, const Taps& taps, const Taps::Span& span,
                            std::size_t rowBytes, std::uint8_t* target) {
    const __m128i zero = _mm_setzero_si128();
    std::size_t x = 0;
    for (; x + 16 <= rowBytes; x += 16) {
        Sums sums[4];
        for (int k = 0; k < span.count; k += 2) {
            const std::size_t at = span.weights + static_cast<std::size_t>(k);
            const __m128i high = pairOf(&taps.high[at]), low = pairOf(&taps.low[at]);
            const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(rows[k] + x));
            const __m128i second = _mm_loadu_si128(reinterpret_cast<const __m128i*>(rows[k + 1] + x));
            const __m128i front = _mm_unpacklo_epi8(first, second), back = _mm_unpackhi_epi8(first, second);
            sums[0].add(_mm_unpacklo_epi8(front, zero), high, low);
            sums[1].add(_mm_unpackhi_epi8(front, zero), high, low);
            sums[2].add(_mm_unpacklo_epi8(back, zero), high, low);
            sums[3].add(_mm_unpackhi_epi8(back, zero), high, low);
        }
        const __m128i front = _mm_packs_epi32(sums[0].whole(), sums[1].whole()),
                      back = _mm_packs_epi32(sums[2].whole(), sums[3].whole());
        _mm_storeu_si128(reinterpret_cast<__m128i*>(target + x), _mm_packus_epi16(front, back));
    }
    return x;
}

#else

std::size_t resampleRowPart(const std::uint8_t* const*, const Taps&, const Taps::Span&, std::size_t, std::uint8_t*) {
    return 0;
}

#endif

void resampleRow(const std::uint8_t* source, int channels, const Taps& taps, std::uint8_t* target) {
    for (const Taps::Span& span : taps.spans) {
        for (int c = 0; c < channels; ++c) {
            std::int32_t sum = kHalf;
            for (int k = 0; k < span.count; ++k)
                sum +=
                    source[(span.first + k) * channels + c] * taps.weight(span.weights + static_cast<std::size_t>(k));
            *target++ = clipped(sum);
        }
    }
}

Image resampledColumns(const Image& image, int width, const Filter& filter) {
    const Taps taps = tapsFor(image.width, width, filter);
    Image out(image.height, width, image.channels);
    std::vector<std::uint8_t> padded(image.rowBytes() + 8);
    for (int y = 0; y < image.height; ++y) {
#if defined(__SSE2__)
        if (image.channels == 3) {
            std::memcpy(padded.data(), image.row(y), image.rowBytes());
            resampleRgbRow(padded.data(), taps, out.row(y));
            continue;
        }
#endif
        resampleRow(image.row(y), image.channels, taps, out.row(y));
    }
    return out;
}

Image resampledRows(const Image& image, int height, const Filter& filter) {
    const Taps taps = tapsFor(image.height, height, filter);
    Image out(height, image.width, image.channels);
    const std::size_t rowBytes = image.rowBytes();
    std::vector<const std::uint8_t*> rows;
    for (int y = 0; y < height; ++y) {
        const Taps::Span& span = taps.spans[static_cast<std::size_t>(y)];
        rows.clear();
        for (int k = 0; k <= span.count; ++k) // one more for an odd count, with weight zero
            rows.push_back(image.row(std::min(span.first + k, image.height - 1)));
        std::uint8_t* target = out.row(y);
        for (std::size_t x = resampleRowPart(rows.data(), taps, span, rowBytes, target); x < rowBytes; ++x) {
            std::int32_t sum = kHalf;
            for (int k = 0; k < span.count; ++k)
                sum += rows[static_cast<std::size_t>(k)][x] * taps.weight(span.weights + static_cast<std::size_t>(k));
            target[x] = clipped(sum);
        }
    }
    return out;
}

/// Pillow's nearest table: a position that grows by repeated addition (SPEC 1.9).
std::vector<int> nearestTable(int source, int target) {
    const double step = static_cast<double>(source) / target;
    std::vector<int> table(static_cast<std::size_t>(target));
    double position = step * 0.5;
    for (int& index : table) {
        index = std::min(static_cast<int>(position), source - 1);
        position += step;
    }
    return table;
}

Image nearest(const Image& image, int height, int width) {
    const std::vector<int> rows = nearestTable(image.height, height);
    const std::vector<int> columns = nearestTable(image.width, width);
    Image out(height, width, image.channels);
    for (int y = 0; y < height; ++y) {
        const std::uint8_t* source = image.row(rows[static_cast<std::size_t>(y)]);
        std::uint8_t* target = out.row(y);
        for (const int column : columns) {
            std::memcpy(target, source + column * image.channels, static_cast<std::size_t>(image.channels));
            target += image.channels;
        }
    }
    return out;
}

} // namespace

Image resized(const Image& image, int height, int width, Interpolation interpolation) {
    if (image.height == height && image.width == width)
        return image;
    if (interpolation == Interpolation::Nearest)
        return nearest(image, height, width);
    const Filter filter = filterFor(interpolation);
    Image columns = image.width == width ? image : resampledColumns(image, width, filter);
    return image.height == height ? columns : resampledRows(columns, height, filter);
}

} // namespace sightline
