// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "augment/Drawn.h"
#include "experiment/AugmentationSettings.h"
#include "experiment/DataSettings.h"
#include "support/Image.h"

namespace sightline {

/// The draw of a sample: a pure function of (seed, epoch, index), whatever the thread. `height`, `width`: the image
/// before augmentation.
Drawn draw(const AugmentationSettings& settings, int height, int width, std::uint64_t seed, std::uint64_t epoch,
           std::uint64_t index);

/// The reference path, in this order: the resized crop; double-precision bilinear sampling and Keras' steps (SPEC 1.2);
/// policy, saturation, hue, blur, noise, JPEG; gamma, occlusion (SPEC 1.11), cutout; crop and contrast (SPEC 1.12).
/// `image` is at the data's image size; the result is float on the 0...255 scale, before normalisation.
FloatImage applyExactly(const AugmentationSettings& settings, const Drawn& drawn, const Image& image);

/// What Keras' `fit` learns of the training images after `rescale` (SPEC 1.7): stored with the run, so that whoever
/// asks the network later uses the same.
struct FittedNormalization {
    std::vector<float> mean, deviation; ///< per channel; population deviation
    std::vector<float> whitening;       ///< values x values, symmetric; empty without ZCA

    bool operator==(const FittedNormalization&) const = default;
};

/// Normalisation (SPEC 1.7) made ready: per-channel scale and offset, or samplewise statistics, or fitted ones. Presets
/// know three channels; further ones get the average of their constants.
class Normalizer {
public:
    explicit Normalizer(int channels); ///< none
    /// Without `fitted`, steps that need it are skipped, as in Keras.
    Normalizer(const NormalizationSettings& settings, int channels,
               std::shared_ptr<const FittedNormalization> fitted = nullptr);

    /// In place on height x width x channels floats of the 0...255 scale.
    void apply(float* pixels, std::size_t pixelCount, int channels) const;
    /// True where it is x * scale[c] + offset[c] (after an optional swap of RGB to BGR).
    bool isAffine() const { return m_affine; }
    bool swapsChannels() const { return m_swap; }
    const std::vector<float>& scale() const { return m_scale; } ///< of each channel
    const std::vector<float>& offset() const { return m_offset; }

private:
    void standardizeSample(float* pixels, std::size_t count) const;
    void standardizeFeatures(float* pixels, std::size_t count, std::size_t channels) const;

    bool m_affine = true;
    bool m_swap = false;
    bool m_samplewiseCenter = false;
    bool m_samplewiseStd = false;
    bool m_featurewise = false;                              ///< where it could not become part of scale and offset
    std::vector<float> m_scale, m_offset, m_mean, m_divisor; ///< of each channel
    std::shared_ptr<const FittedNormalization> m_fitted;     ///< with ZCA only
};

/// Whether a draw holds a step that the fast path leaves to the reference: one that looks at a pixel's neighbours or at
/// several channels.
bool hasLaterSteps(const Drawn& drawn);

/// Size of what augmentation hands on: the random crop's, else the image's.
std::array<int, 2> outputSize(const AugmentationSettings& settings, int height, int width);

/// What validation and inference see: the image itself, resized (bilinear, half-pixel centres) where a random crop is
/// set (SPEC 1.12).
FloatImage atInference(const AugmentationSettings& settings, const Image& image);

/// The fast path: one warp in float by the best instruction set there is, each value normalised and written once into
/// `out` (outputSize() x channels floats). On the 0...255 scale a value is within 0.01 of applyExactly, at the border
/// too; where there is brightness, which truncates, doubtful values are computed in double and the result is
/// applyExactly's, bit for bit before scale and offset. Channel shift, contrast and gamma alone follow the fast warp as
/// the reference does them. The reference path is taken where `exact` asks for it, for channel shift with brightness,
/// for brightness as keras<=2.8 or with cval outside 0...255, and for coordinates beyond a million pixels. All
/// processors give the same bits.
void applyFast(const AugmentationSettings& settings, const Drawn& drawn, const Image& image,
               const Normalizer& normalizer, float* out);

} // namespace sightline
