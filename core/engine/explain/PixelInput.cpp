// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/PixelInput.h"

#include <torch/torch.h>

namespace sightline::engine {

namespace {

constexpr double kEpsilon = 1e-6; ///< the Normalizer's

torch::Tensor perChannel(const std::vector<float>& values, std::int64_t channels) {
    return torch::tensor(std::vector<float>(values.begin(), values.begin() + channels)).view({1, -1, 1, 1});
}

/// Each image less its own mean, by its own deviation.
torch::Tensor standardized(const torch::Tensor& x, bool divides) {
    const torch::Tensor centred = x - x.mean({1, 2, 3}, true);
    return divides ? centred / ((centred * centred).mean({1, 2, 3}, true).clamp_min(1e-12).sqrt() + kEpsilon) : centred;
}

/// The fitted mean and deviation, where they could not become part of the scale.
torch::Tensor lessFitted(const torch::Tensor& x, const NormalizationSettings& settings,
                         const FittedNormalization& fitted) {
    const torch::Tensor centred = x - perChannel(fitted.mean, x.size(1));
    return settings.featurewiseStd && !settings.zcaWhitening
               ? centred / (perChannel(fitted.deviation, x.size(1)) + kEpsilon)
               : centred;
}

/// Rows of the matrix are values of an image, row by row, channels side by side.
torch::Tensor whitened(const torch::Tensor& x, const FittedNormalization& fitted) {
    const std::int64_t values = x[0].numel();
    if (static_cast<std::int64_t>(fitted.whitening.size()) != values * values)
        return x;
    const torch::Tensor matrix =
        torch::from_blob(const_cast<float*>(fitted.whitening.data()), {values, values}, torch::kFloat);
    return torch::matmul(x.permute({0, 2, 3, 1}).reshape({x.size(0), values}), matrix)
        .view({x.size(0), x.size(2), x.size(3), x.size(1)})
        .permute({0, 3, 1, 2});
}

} // namespace

torch::Tensor normalizedPixels(const LoadedModel& model, const torch::Tensor& pixels) {
    const NormalizationSettings& settings = model.normalization;
    const auto channels = static_cast<int>(pixels.size(1));
    const Normalizer normalizer(settings, channels, model.fitted);
    torch::Tensor x = normalizer.swapsChannels() ? pixels.flip({1}) : pixels;
    x = x * perChannel(normalizer.scale(), channels) + perChannel(normalizer.offset(), channels);
    if (normalizer.isAffine())
        return x;
    const bool usesFit =
        settings.needsFit() && model.fitted && model.fitted->mean.size() == static_cast<std::size_t>(channels);
    if (settings.samplewiseCenter || settings.samplewiseStd) {
        x = standardized(x, settings.samplewiseStd);
        if (usesFit)
            x = lessFitted(x, settings, *model.fitted);
    }
    return usesFit && settings.zcaWhitening ? whitened(x, *model.fitted) : x;
}

torch::Tensor pixelsOf(const Image& image) {
    return torch::from_blob(const_cast<std::uint8_t*>(image.pixels.data()),
                            {1, image.height, image.width, image.channels}, torch::kByte)
        .to(torch::kFloat)
        .permute({0, 3, 1, 2});
}

Image imageOf(const torch::Tensor& pixels) {
    const torch::Tensor bytes =
        pixels.detach().round().clamp(0, 255).to(torch::kByte).squeeze(0).permute({1, 2, 0}).contiguous();
    Image image(static_cast<int>(bytes.size(0)), static_cast<int>(bytes.size(1)), static_cast<int>(bytes.size(2)));
    const auto* values = bytes.data_ptr<std::uint8_t>();
    image.pixels.assign(values, values + bytes.numel());
    return image;
}

} // namespace sightline::engine
