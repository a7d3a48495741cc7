// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "augment/FastPath.h"
#include "augment/Geometry.h"
#include "augment/Pointwise.h"

namespace sightline {

namespace {

/// What sampleExactly() needs: the reference's map, and where a pixel of the result lay before flips and crop.
struct ExactSource {
    const Image* image;
    AffineMap map;
    FillMode fill;
    double cval;
    bool flipHorizontal = false, flipVertical = false;
    int cropTop = 0, cropLeft = 0;
};

/// A map that moves whole pixels needs no interpolation; the noise of double arithmetic is taken off it.
bool movesWholePixels(AffineMap& map) {
    constexpr double kNoise = 1e-11;
    if (std::abs(map.xx - 1) > 1e-15 || std::abs(map.yy - 1) > 1e-15 || std::abs(map.xy) > 1e-15 ||
        std::abs(map.yx) > 1e-15 || std::abs(map.x0 - std::rint(map.x0)) > kNoise ||
        std::abs(map.y0 - std::rint(map.y0)) > kNoise)
        return false;
    map = {1, 0, std::rint(map.x0), 0, 1, std::rint(map.y0)};
    return true;
}

/// A chunk's coordinates come from one double and float offsets: each is rounded to 24 bits at most twice.
double coordinateError(double slope) {
    return (1 + kChunk * std::abs(slope)) * std::ldexp(1.0, -23);
}

/// Flips and crop become part of the map; then one coordinate and one value need no more than the kernel's floats.
bool prepareGeometry(WarpJob& job, const ExactSource& exact) {
    AffineMap map = exact.map;
    const bool whole = movesWholePixels(map);
    const double firstX = exact.flipHorizontal ? job.width - 1 - exact.cropLeft : exact.cropLeft,
                 stepX = exact.flipHorizontal ? -1 : 1;
    const double firstY = exact.flipVertical ? job.height - 1 - exact.cropTop : exact.cropTop,
                 stepY = exact.flipVertical ? -1 : 1;
    job.xx = map.xx * stepX;
    job.xy = map.xy * stepY;
    job.x0 = map.xx * firstX + map.xy * firstY + map.x0;
    job.yx = map.yx * stepX;
    job.yy = map.yy * stepY;
    job.y0 = map.yx * firstX + map.yy * firstY + map.y0;
    for (int lane = 0; lane < kChunk; ++lane) {
        job.offsetsX[lane] = static_cast<float>(job.xx * lane);
        job.offsetsY[lane] = static_cast<float>(job.yx * lane);
    }
    const double errorX = coordinateError(job.xx), errorY = coordinateError(job.yx);
    job.coordinateError = static_cast<float>(std::max(errorX, errorY));
    job.guard = (job.brightens || job.shift != 0) && !whole ? static_cast<float>(255 * (errorX + errorY) + 1e-4) : 0.0f;
    const double reach = std::abs(job.x0) + std::abs(job.y0) +
                         (std::abs(job.xx) + std::abs(job.yx)) * (job.outWidth + kChunk) +
                         (std::abs(job.xy) + std::abs(job.yy)) * job.outHeight;
    return reach < (1 << 20) && job.coordinateError < 0.0005f; // also false for what is no number
}

/// A row of bytes through a table of each channel: where nothing moves between pixels.
void lookUpRow(const std::uint8_t* source, int pixels, int step, int channels, const float* tables, float* out) {
    if (channels == 1) {
        for (int x = 0; x < pixels; ++x, source += step)
            out[x] = tables[*source];
        return;
    }
    for (int x = 0; x < pixels; ++x, source += step, out += 3) {
        out[0] = tables[source[0]];
        out[1] = tables[256 + source[1]];
        out[2] = tables[512 + source[2]];
    }
}

using Tables = std::array<float, 768>;

/// What becomes of a byte of each channel: brightness, gamma after it, scale and offset.
Tables tablesFor(const Drawn& drawn, const float* scale, const float* offset, int count) {
    Tables tables{};
    const std::size_t channels = static_cast<std::size_t>(count);
    for (int value = 0; value < 256; ++value) {
        float toned = drawn.brightness ? brightened(*drawn.brightness, value) : static_cast<float>(value);
        if (drawn.brightness && drawn.gamma)
            toned = static_cast<float>(std::pow(static_cast<double>(toned), *drawn.gamma));
        for (std::size_t c = 0; c < channels; ++c)
            tables[256 * c + static_cast<std::size_t>(value)] = toned * scale[c] + offset[c];
    }
    return tables;
}

void lookUpImage(const WarpJob& job, const ExactSource& exact, const float* tables) {
    const std::size_t rowSize = static_cast<std::size_t>(job.outWidth) * static_cast<std::size_t>(job.channels);
    const int left = exact.flipHorizontal ? job.width - 1 - exact.cropLeft : exact.cropLeft;
    for (int row = 0; row < job.outHeight; ++row) {
        const int y = exact.flipVertical ? job.height - 1 - (exact.cropTop + row) : exact.cropTop + row;
        lookUpRow(exact.image->row(y) + left * job.channels, job.outWidth,
                  exact.flipHorizontal ? -job.channels : job.channels, job.channels, tables,
                  job.out + static_cast<std::size_t>(row) * rowSize);
    }
}

/// The box of SPEC 1.11, written into the finished result.
void occludeResult(const AugmentationSettings& settings, const Drawn::Box& box, const ExactSource& exact,
                   const WarpJob& job) {
    const int side = settings.occlusion ? settings.occlusion->size : OcclusionSettings{}.size;
    const int top = std::max(0, box.top - exact.cropTop),
              bottom = std::min(job.outHeight, box.top - exact.cropTop + side);
    const int left = std::max(0, box.left - exact.cropLeft),
              right = std::min(job.outWidth, box.left - exact.cropLeft + side);
    for (int y = top; y < bottom; ++y) {
        for (int x = left; x < right; ++x) {
            float* pixel = job.out + (static_cast<std::ptrdiff_t>(y) * job.outWidth + x) * job.channels;
            for (int c = 0; c < job.channels; ++c)
                pixel[c] = static_cast<float>(box.value) * job.scale[c] + job.offset[c];
        }
    }
}

/// A turned image is read across its rows. Where it lies far away in memory, every row is another page to look up: so
/// it is copied in order to a place this thread has just used, which makes 224 x 224 half as fast again. Small images
/// need it not, and very large ones have no place near.
const std::uint8_t* broughtNear(const Image& image) {
    constexpr std::size_t kLeast = std::size_t{1} << 15, kMost = std::size_t{1} << 20;
    if (image.pixels.size() < kLeast || image.pixels.size() > kMost)
        return image.pixels.data();
    thread_local std::vector<std::uint8_t> nearby;
    nearby.assign(image.pixels.begin(), image.pixels.end());
    return nearby.data();
}

std::optional<float> warpOnce(InstructionSet set, const AugmentationSettings& settings, const Drawn& drawn,
                              const Image& image, const float* scale, const float* offset, float* out);

/// The kernels know one channel and three: other images go through them three channels at a time, then one by one.
std::optional<float> warpInParts(InstructionSet set, const AugmentationSettings& settings, const Drawn& drawn,
                                 const Image& image, const float* scale, const float* offset, float* out) {
    const auto size = outputSize(settings, image.height, image.width);
    const std::size_t count = drawn.crop ? static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1])
                                         : image.pixels.size() / static_cast<std::size_t>(image.channels);
    const auto step = static_cast<std::size_t>(image.channels);
    std::vector<float> values;
    float guard = 0;
    for (int first = 0; first < image.channels;) {
        const int channels = image.channels - first >= 3 ? 3 : 1;
        const auto width = static_cast<std::size_t>(channels), begin = static_cast<std::size_t>(first);
        Image part(image.height, image.width, channels);
        for (std::size_t i = 0; i < part.pixels.size() / width; ++i)
            std::copy_n(image.pixels.data() + i * step + begin, width, part.pixels.data() + i * width);
        values.resize(count * width);
        const auto near = warpOnce(set, settings, drawn, part, scale + first, offset + first, values.data());
        if (!near)
            return std::nullopt;
        guard = std::max(guard, *near);
        for (std::size_t i = 0; i < count; ++i)
            std::copy_n(values.data() + i * width, width, out + i * step + begin);
        first += channels;
    }
    return guard;
}

/// One pass over the image: warp, brightness (and gamma after it), flips, crop, occlusion, scale and offset. A channel
/// shift is not done, but no value is left so near to a whole number that truncation after it could err. How near, or
/// nothing where the geometry is none for the kernels.
std::optional<float> warpOnce(InstructionSet set, const AugmentationSettings& settings, const Drawn& drawn,
                              const Image& image, const float* scale, const float* offset, float* out) {
    if (image.channels != 1 && image.channels != 3)
        return warpInParts(set, settings, drawn, image, scale, offset, out);
    const auto size = outputSize(settings, image.height, image.width);
    ExactSource exact{&image,
                      affineMap(drawn, image.height, image.width, settings.semantics),
                      settings.fillMode,
                      settings.cval,
                      drawn.flipHorizontal,
                      drawn.flipVertical};
    if (drawn.crop) {
        exact.cropTop = std::clamp((*drawn.crop)[0], 0, image.height - size[0]);
        exact.cropLeft = std::clamp((*drawn.crop)[1], 0, image.width - size[1]);
    }
    WarpJob job;
    job.height = image.height;
    job.width = image.width;
    job.channels = image.channels;
    job.fill = settings.fillMode;
    job.cval = static_cast<float>(settings.cval);
    job.out = out;
    job.outHeight = drawn.crop ? size[0] : image.height;
    job.outWidth = drawn.crop ? size[1] : image.width;
    std::copy_n(scale, image.channels, job.scale);
    std::copy_n(offset, image.channels, job.offset);
    job.exact = &exact;
    const bool still = exact.map.isIdentity();
    Tables tables;
    if (still || (drawn.brightness && drawn.gamma))
        tables = tablesFor(drawn, scale, offset, image.channels);
    if (still)
        lookUpImage(job, exact, tables.data());
    else {
        job.brightens = drawn.brightness.has_value();
        job.factor = static_cast<float>(drawn.brightness.value_or(1));
        job.shift = static_cast<float>(drawn.channelShift.value_or(0));
        job.table = drawn.gamma && drawn.brightness ? tables.data() : nullptr;
        if (!prepareGeometry(job, exact))
            return std::nullopt;
        job.source = broughtNear(image);
        warpWith(set, job);
    }
    if (drawn.occlusion)
        occludeResult(settings, *drawn.occlusion, exact, job);
    return job.guard;
}

enum class Path { Reference, OneWarp, WarpThenSteps };

Path pathFor(const AugmentationSettings& settings, const Drawn& drawn, const Image& image) {
    if (settings.exact || hasLaterSteps(drawn) || image.height < 2 || image.width < 2 ||
        (image.channels != 3 && image.channels != 1))
        return Path::Reference;
    const bool steps = drawn.channelShift || drawn.contrast || (drawn.gamma && !drawn.brightness);
    if (drawn.brightness) {
        // Brightness truncates: after values are stretched only exact ones truncate alike.
        const bool stretches = settings.semantics == Semantics::Keras28 ||
                               (settings.fillMode == FillMode::Constant && (settings.cval < 0 || settings.cval > 255));
        if (stretches)
            return Path::Reference;
    }
    return steps ? Path::WarpThenSteps : Path::OneWarp;
}

/// Least and most of the image as truncation leaves them: known to `guard` by the kernel, and where that does not say
/// which whole number it is, by the reference's arithmetic at the pixels in question. Nothing where that does not
/// decide either.
template <class Sample>
std::optional<std::pair<float, float>> truncatedExtremes(const FloatImage& image, float guard, const Sample& exactly) {
    constexpr int kMostAsked = 64;
    const auto [least, most] = extremes(image.pixels);
    const auto decided = [&](float bound, float outermost) -> std::optional<float> {
        const float sure = std::trunc(outermost); // no exact value lies beyond it
        if (guard == 0 || std::trunc(bound + (bound - outermost)) == sure)
            return sure;
        int asked = 0;
        for (std::size_t i = 0; i < image.pixels.size() && asked < kMostAsked; ++i) {
            if (std::abs(image.pixels[i] - bound) > guard)
                continue;
            ++asked;
            if (std::trunc(exactly(i)) == sure)
                return sure;
        }
        return std::nullopt;
    };
    const auto low = decided(least, std::max(0.0f, least - guard)),
               high = decided(most, std::min(255.0f, most + guard));
    return low && high ? std::optional(std::pair(*low, *high)) : std::nullopt;
}

/// Channel shift, then brightness, of values that truncate as exact ones do. False: their extremes are in doubt.
bool shiftThenBrighten(const AugmentationSettings& settings, const Drawn& geometry, const Drawn& drawn,
                       const Image& original, float guard, FloatImage& image) {
    const AffineMap map = affineMap(geometry, original.height, original.width, settings.semantics);
    const auto bounds = truncatedExtremes(image, guard, [&](std::size_t at) {
        std::vector<float> values(static_cast<std::size_t>(image.channels));
        const std::size_t pixel = at / static_cast<std::size_t>(image.channels);
        samplePixel(original, map, settings.fillMode, settings.cval,
                    static_cast<int>(pixel % static_cast<std::size_t>(image.width)),
                    static_cast<int>(pixel / static_cast<std::size_t>(image.width)), values.data());
        return values[at % static_cast<std::size_t>(image.channels)];
    });
    if (!bounds)
        return false;
    const auto delta = static_cast<float>(*drawn.channelShift), factor = static_cast<float>(*drawn.brightness);
    for (float& value : image.pixels) {
        const float shifted =
            std::min(std::max(static_cast<float>(static_cast<int>(value + delta)), bounds->first), bounds->second);
        value = std::min(static_cast<float>(static_cast<int>(factor * shifted)), 255.0f);
    }
    return true;
}

/// A scale and an offset that change nothing.
std::vector<float> ones(const Image& image) {
    return std::vector<float>(static_cast<std::size_t>(image.channels), 1);
}
std::vector<float> zeros(const Image& image) {
    return std::vector<float>(static_cast<std::size_t>(image.channels), 0);
}

/// The warp alone by the kernels, the other steps as the reference does them.
bool warpThenSteps(InstructionSet set, const AugmentationSettings& settings, const Drawn& drawn, const Image& image,
                   FloatImage& result) {
    Drawn geometry, rest = drawn;
    geometry.theta = drawn.theta;
    geometry.tx = drawn.tx;
    geometry.ty = drawn.ty;
    geometry.shear = drawn.shear;
    geometry.zx = drawn.zx;
    geometry.zy = drawn.zy;
    const bool both = drawn.channelShift && drawn.brightness;
    if (both)
        geometry.channelShift = drawn.channelShift;
    if (!drawn.channelShift)
        geometry.brightness = drawn.brightness; // only a flip lies between them
    if (both || !drawn.channelShift)
        rest.brightness.reset();
    FloatImage warped(image.height, image.width, image.channels);
    AugmentationSettings whole = settings;
    whole.randomCrop.reset();
    const auto guard =
        warpOnce(set, whole, geometry, image, ones(image).data(), zeros(image).data(), warped.pixels.data());
    if (!guard)
        return false;
    if (both) {
        geometry.channelShift.reset();
        if (!shiftThenBrighten(settings, geometry, drawn, image, *guard, warped))
            return false;
        rest.channelShift.reset();
    }
    result = stepsAfterWarp(settings, rest, std::move(warped));
    return true;
}

} // namespace

void sampleExactly(const WarpJob& job, int x, int y, float* values) {
    const auto& exact = *static_cast<const ExactSource*>(job.exact);
    const int column = exact.flipHorizontal ? job.width - 1 - (exact.cropLeft + x) : exact.cropLeft + x;
    const int row = exact.flipVertical ? job.height - 1 - (exact.cropTop + y) : exact.cropTop + y;
    samplePixel(*exact.image, exact.map, exact.fill, exact.cval, column, row, values);
}

void applyFast(const AugmentationSettings& settings, const Drawn& drawn, const Image& image,
               const Normalizer& normalizer, float* out) {
    static const InstructionSet best = instructionSets().back();
    applyFastWith(best, settings, drawn, image, normalizer, out);
}

void applyFastWith(InstructionSet set, const AugmentationSettings& settings, const Drawn& drawn, const Image& image,
                   const Normalizer& normalizer, float* out) {
    const Path path = pathFor(settings, drawn, image);
    if (drawn.resizedCrop && path != Path::Reference) {
        Drawn rest = drawn;
        rest.resizedCrop.reset();
        applyFastWith(set, settings, rest, resizedPart(image, *drawn.resizedCrop), normalizer, out);
        return;
    }
    if (path == Path::OneWarp) {
        const bool oneStep = normalizer.isAffine() && !normalizer.swapsChannels();
        if (oneStep &&
            warpOnce(set, settings, drawn, image, normalizer.scale().data(), normalizer.offset().data(), out))
            return;
        if (!oneStep && warpOnce(set, settings, drawn, image, ones(image).data(), zeros(image).data(), out)) {
            const auto size = outputSize(settings, image.height, image.width);
            normalizer.apply(out, static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]),
                             image.channels);
            return;
        }
    }
    FloatImage result;
    if (path != Path::WarpThenSteps || !warpThenSteps(set, settings, drawn, image, result))
        result = applyExactly(settings, drawn, image);
    std::copy(result.pixels.begin(), result.pixels.end(), out);
    normalizer.apply(out, result.pixels.size() / static_cast<std::size_t>(result.channels), result.channels);
}

} // namespace sightline
