// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/Mixing.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/Random.h"

namespace sightline {

namespace {

/// The logarithm of a gamma variate of this shape (Marsaglia and Tsang 2000, "A simple method for generating gamma
/// variables"); logarithms, because small shapes give values no double can hold.
double logGamma(double shape, CounterRandom& random) {
    double boost = 0;
    if (shape < 1) {
        boost = std::log(1 - random.uniform()) / shape;
        shape += 1;
    }
    const double d = shape - 1.0 / 3.0, c = 1 / std::sqrt(9 * d);
    for (;;) {
        const double x = random.normal();
        const double v = std::pow(1 + c * x, 3);
        if (v > 0 && std::log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * std::log(v))
            return std::log(d * v) + boost;
    }
}

/// Beta(a, a), from 0 to 1.
double drawBeta(double a, CounterRandom& random) {
    const double x = logGamma(a, random), y = logGamma(a, random);
    return 1 / (1 + std::exp(y - x));
}

} // namespace

Mixture drawMixture(const AugmentationSettings& settings, int height, int width, std::size_t candidates,
                    std::uint64_t seed, std::uint64_t epoch, std::uint64_t index) {
    if (!settings.mixes() || candidates == 0)
        return {};
    CounterRandom random(seed, RandomPurpose::Mixing, epoch, index);
    Mixture mixture;
    mixture.partner = random.below(candidates);
    const bool first = random.uniform() < 0.5;
    const bool pastes = settings.mixup > 0 && settings.cutmix > 0 ? first : settings.cutmix > 0;
    mixture.kind = pastes ? Mixture::Kind::Cutmix : Mixture::Kind::Mixup;
    mixture.share = drawBeta(pastes ? settings.cutmix : settings.mixup, random);
    if (!pastes)
        return mixture;
    const double side = std::sqrt(1 - mixture.share);
    const int h = static_cast<int>(height * side), w = static_cast<int>(width * side);
    const int top = static_cast<int>(random.below(static_cast<std::uint64_t>(height))) - h / 2,
              left = static_cast<int>(random.below(static_cast<std::uint64_t>(width))) - w / 2;
    mixture.window.top = std::max(0, top);
    mixture.window.left = std::max(0, left);
    mixture.window.height = std::min(height, top + h) - mixture.window.top;
    mixture.window.width = std::min(width, left + w) - mixture.window.left;
    mixture.share =
        1 - static_cast<double>(mixture.window.height) * mixture.window.width / (static_cast<double>(height) * width);
    return mixture;
}

void mix(const Mixture& mixture, const float* other, float* own, int height, int width, int channels) {
    const std::size_t row = static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
    if (mixture.kind == Mixture::Kind::Mixup) {
        const auto share = static_cast<float>(mixture.share);
        for (std::size_t i = 0; i < row * static_cast<std::size_t>(height); ++i)
            own[i] = other[i] + share * (own[i] - other[i]);
    } else if (mixture.kind == Mixture::Kind::Cutmix) {
        const int top = std::clamp(mixture.window.top, 0, height),
                  bottom = std::clamp(mixture.window.top + mixture.window.height, top, height);
        const int left = std::clamp(mixture.window.left, 0, width),
                  right = std::clamp(mixture.window.left + mixture.window.width, left, width);
        for (int y = top; y < bottom; ++y) {
            const std::size_t start = static_cast<std::size_t>(y) * row;
            std::copy(other + start + static_cast<std::size_t>(left * channels),
                      other + start + static_cast<std::size_t>(right * channels),
                      own + start + static_cast<std::size_t>(left * channels));
        }
    }
}

TrainingSample prepareTrainingSample(const Image& image, const LoadImage& load,
                                     std::span<const std::uint32_t> candidates, const AugmentationSettings& settings,
                                     std::uint64_t seed, std::uint64_t epoch, std::uint64_t index,
                                     const Normalizer& normalizer, float* out) {
    TrainingSample sample;
    sample.drawn = draw(settings, image.height, image.width, seed, epoch, index);
    applyFast(settings, sample.drawn, image, normalizer, out);
    if (!settings.mixes())
        return sample;
    const auto size = outputSize(settings, image.height, image.width);
    Mixture mixture = drawMixture(settings, size[0], size[1], candidates.size(), seed, epoch, index);
    const std::shared_ptr<const Image> other =
        mixture.kind == Mixture::Kind::None ? nullptr : load(candidates[mixture.partner]);
    if (!other)
        return sample;
    sample.mixture = mixture;
    sample.partner = candidates[mixture.partner];
    sample.partnerDrawn = draw(settings, other->height, other->width, seed, epoch, sample.partner);
    std::vector<float> partner(static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) *
                               static_cast<std::size_t>(image.channels));
    applyFast(settings, sample.partnerDrawn, *other, normalizer, partner.data());
    mix(mixture, partner.data(), out, size[0], size[1], image.channels);
    return sample;
}

} // namespace sightline
