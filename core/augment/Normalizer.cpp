// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <utility>

#include "augment/Augment.h"

namespace sightline {

Normalizer::Normalizer(const NormalizationSettings& settings, int channels) {
    static constexpr std::array<double, 3> kMean = {0.485, 0.456, 0.406};
    static constexpr std::array<double, 3> kDeviation = {0.229, 0.224, 0.225};
    static constexpr std::array<double, 3> kCaffeMean = {103.939, 116.779, 123.68}; // blue, green, red
    using Preset = NormalizationSettings::Preset;
    for (std::size_t c = 0; c < 3; ++c) {
        double scale = 1, offset = 0;
        switch (settings.preset) {
        case Preset::None: break;
        case Preset::Rescale: scale = 1 / 255.0; break;
        case Preset::Half:
            scale = 1 / 127.5;
            offset = -1;
            break;
        case Preset::Imagenet:
            scale = 1 / (255 * kDeviation[c]);
            offset = -kMean[c] / kDeviation[c];
            break;
        case Preset::Caffe: offset = -kCaffeMean[c]; break;
        case Preset::Keras:
            if (settings.rescale != 0)
                scale = settings.rescale;
            break;
        }
        m_scale[c] = static_cast<float>(scale);
        m_offset[c] = static_cast<float>(offset);
    }
    m_swap = settings.preset == Preset::Caffe && channels == 3;
    m_samplewiseStd = settings.preset == Preset::Keras && settings.samplewiseStd;
    m_samplewiseCenter = settings.preset == Preset::Keras && (settings.samplewiseCenter || settings.samplewiseStd);
    m_affine = !m_samplewiseCenter;
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
    if (!m_samplewiseCenter)
        return;
    const std::size_t values = pixelCount * count;
    double sum = 0;
    for (std::size_t i = 0; i < values; ++i)
        sum += static_cast<double>(pixels[i]);
    const double mean = sum / static_cast<double>(values);
    double squares = 0;
    for (std::size_t i = 0; i < values; ++i)
        squares += (static_cast<double>(pixels[i]) - mean) * (static_cast<double>(pixels[i]) - mean);
    const double divisor = m_samplewiseStd ? std::sqrt(squares / static_cast<double>(values)) + 1e-6 : 1.0;
    for (std::size_t i = 0; i < values; ++i)
        pixels[i] = static_cast<float>((static_cast<double>(pixels[i]) - mean) / divisor);
}

} // namespace sightline
