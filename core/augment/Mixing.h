// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "augment/Augment.h"

namespace sightline {

/// How a sample is mixed with another one (Zhang et al. 2018, "mixup"; Yun et al. 2019, "CutMix"). Both have had their
/// own draw and normalisation before. The label is `share` the sample's own and the rest the partner's.
struct Mixture {
    enum class Kind { None, Mixup, Cutmix };
    Kind kind = Kind::None;
    std::size_t partner = 0; ///< position among the candidates
    double share = 1;        ///< of the sample itself; cutmix: of its area, after the border has cut the window
    Window window;           ///< cutmix: where the partner shows, in pixels of the output

    bool operator==(const Mixture&) const = default;
};

/// A pure function of (seed, epoch, index) and the number of candidates. `height`, `width`: the output's.
Mixture drawMixture(const AugmentationSettings& settings, int height, int width, std::size_t candidates,
                    std::uint64_t seed, std::uint64_t epoch, std::uint64_t index);

/// Mixes `other` into `own`, both height x width x channels.
void mix(const Mixture& mixture, const float* other, float* own, int height, int width, int channels);

/// A sample as training sees it: what was drawn for it and, where it is mixed, for its partner.
struct TrainingSample {
    Drawn drawn;
    Mixture mixture;
    std::uint32_t partner = 0; ///< the partner's sample index
    Drawn partnerDrawn;
};

/// What the loader makes of a sample in training, and the window's preview with it: its draw, and the mixture with
/// another of `candidates` (sample indices) where the settings mix. `load` gives an image at the data's size, null
/// where it cannot be read: then nothing is mixed. `out` holds outputSize() x channels floats.
using LoadImage = std::function<std::shared_ptr<const Image>(std::uint32_t sample)>;
TrainingSample prepareTrainingSample(const Image& image, const LoadImage& load,
                                     std::span<const std::uint32_t> candidates, const AugmentationSettings& settings,
                                     std::uint64_t seed, std::uint64_t epoch, std::uint64_t index,
                                     const Normalizer& normalizer, float* out);

} // namespace sightline
