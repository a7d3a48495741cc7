// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <utility>

#include "augment/Augment.h"

namespace sightline {

namespace {

constexpr double kEpsilon = 1e-6; ///< Keras adds it to every deviation
constexpr std::array<double, 3> kMean = {0.485, 0.456, 0.406};
constexpr std::array<double, 3> kDeviation = {0.229, 0.224, 0.225};
constexpr std::array<double, 3> kCaffeMean = {103.939, 116.779, 123.68}; // blue, green, red

using Preset = NormalizationSettings::Preset;
using Preprocess = NormalizationSettings::Preprocess;

/// The presets are Keras' modes and a division by 255.
Preprocess preprocessOf(const NormalizationSettings& settings) {
    switch (settings.preset) {
    case Preset::Half:
        return Preprocess::Tf;
    case Preset::Imagenet:
        return Preprocess::Torch;
    case Preset::Caffe:
        return Preprocess::Caffe;
    case Preset::Keras:
        return settings.preprocess;
    case Preset::None:
    case Preset::Rescale:
        break;
    }
    return Preprocess::None;
}

double ofChannel(const std::array<double, 3>& constants, std::size_t channel) {
    return channel < 3 ? constants[channel] : (constants[0] + constants[1] + constants[2]) / 3;
}

std::pair<double, double> scaleAndOffset(Preprocess mode, std::size_t channel) {
    switch (mode) {
    case Preprocess::Tf:
        return {1 / 127.5, -1};
    case Preprocess::Torch:
        return {1 / (255 * ofChannel(kDeviation, channel)),
                -ofChannel(kMean, channel) / ofChannel(kDeviation, channel)};
    case Preprocess::Caffe:
        return {1, -ofChannel(kCaffeMean, channel)};
    case Preprocess::None:
        break;
    }
    return {1, 0};
}

} // namespace

Normalizer::Normalizer(int channels)
    : Normalizer(NormalizationSettings{NormalizationSettings::Preset::None}, channels) {}

Normalizer::Normalizer(const NormalizationSettings& settings, int channels,
                       std::shared_ptr<const FittedNormalization> fitted) {
    const bool keras = settings.preset == Preset::Keras;
    const Preprocess mode = preprocessOf(settings);
    const double rescale = settings.preset == Preset::Rescale ? 1 / 255.0
                           : keras && settings.rescale != 0   ? settings.rescale
                                                              : 1;
    m_swap = mode == Preprocess::Caffe && channels == 3;
    m_samplewiseStd = keras && settings.samplewiseStd;
    m_samplewiseCenter = keras && (settings.samplewiseCenter || settings.samplewiseStd);
    const bool usesFit = settings.needsFit() && fitted && fitted->mean.size() == static_cast<std::size_t>(channels);
    const bool divides =
        usesFit && settings.featurewiseStd && !settings.zcaWhitening; // ZCA takes the place of the deviations
    const auto count = static_cast<std::size_t>(std::max(channels, 3));
    m_scale.assign(count, 1);
    m_offset.assign(count, 0);
    m_mean.assign(count, 0);
    m_divisor.assign(count, 1);
    for (std::size_t c = 0; c < count; ++c) {
        auto [scale, offset] = scaleAndOffset(mode, c);
        scale *= rescale;
        offset *= rescale;
        if (usesFit && c < fitted->mean.size()) {
            const double mean = static_cast<double>(fitted->mean[c]),
                         divisor = divides ? static_cast<double>(fitted->deviation[c]) + kEpsilon : 1;
            if (m_samplewiseCenter) { // that comes in between
                m_featurewise = true;
                m_mean[c] = fitted->mean[c];
                m_divisor[c] = static_cast<float>(divisor);
            } else {
                scale /= divisor;
                offset = (offset - mean) / divisor;
            }
        }
        m_scale[c] = static_cast<float>(scale);
        m_offset[c] = static_cast<float>(offset);
    }
    if (usesFit && settings.zcaWhitening && !fitted->whitening.empty())
        m_fitted = std::move(fitted);
    m_affine = !m_samplewiseCenter && !m_fitted;
}

void Normalizer::standardizeSample(float* pixels, std::size_t count) const {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i)
        sum += static_cast<double>(pixels[i]);
    const double mean = sum / static_cast<double>(count);
    double squares = 0;
    for (std::size_t i = 0; i < count; ++i)
        squares += (static_cast<double>(pixels[i]) - mean) * (static_cast<double>(pixels[i]) - mean);
    const double divisor = m_samplewiseStd ? std::sqrt(squares / static_cast<double>(count)) + kEpsilon : 1.0;
    for (std::size_t i = 0; i < count; ++i)
        pixels[i] = static_cast<float>((static_cast<double>(pixels[i]) - mean) / divisor);
}

void Normalizer::standardizeFeatures(float* pixels, std::size_t count, std::size_t channels) const {
    for (std::size_t i = 0; m_featurewise && i < count; i += channels) {
        for (std::size_t c = 0; c < channels; ++c)
            pixels[i + c] = (pixels[i + c] - m_mean[c]) / m_divisor[c];
    }
    if (!m_fitted || m_fitted->whitening.size() != count * count)
        return;
    std::vector<float> white(count);
    for (std::size_t i = 0; i < count; ++i) {
        const float value = pixels[i];
        const float* row = m_fitted->whitening.data() + i * count;
        for (std::size_t j = 0; j < count; ++j)
            white[j] += value * row[j];
    }
    std::copy(white.begin(), white.end(), pixels);
}

void Normalizer::apply(float* pixels, std::size_t pixelCount, int channels) const {
    const auto count = static_cast<std::size_t>(channels);
    for (std::size_t i = 0; i < pixelCount; ++i) {
        float* pixel = pixels + i * count;
        if (m_swap && count == 3)
            std::swap(pixel[0], pixel[2]);
        for (std::size_t c = 0; c < count; ++c)
            pixel[c] = pixel[c] * m_scale[c] + m_offset[c];
    }
    if (m_samplewiseCenter)
        standardizeSample(pixels, pixelCount * count);
    standardizeFeatures(pixels, pixelCount * count, count);
}

} // namespace sightline
