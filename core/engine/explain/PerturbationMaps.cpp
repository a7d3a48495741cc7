// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/PerturbationMaps.h"

#include <torch/torch.h>

#include "engine/explain/HeatMapScore.h"

namespace sightline::engine {

namespace {

constexpr double kRounding = 2e-6; ///< share of a score that its rounding may be

constexpr std::int64_t kPatchesASide = 8;

std::int64_t partsOf(std::int64_t whole, std::int64_t part) {
    return (whole + part - 1) / part;
}

std::int64_t patchOf(std::int64_t side) {
    return partsOf(side, kPatchesASide);
}

/// The scores [count] of changed copies of one image, as many in a pass as fit; `changed(begin, count)` gives some.
template <typename Changed>
Result<torch::Tensor> scoresOfChanged(const HeatsAsked& asked, const HeatMapTarget& target, std::int64_t count,
                                      const Asking& asking, std::size_t before, std::size_t total, Changed changed) {
    const std::int64_t atOnce = imagesInAPass(asked.module);
    std::vector<torch::Tensor> scores;
    for (std::int64_t begin = 0; begin < count; begin += atOnce) {
        if (asking.isStopped())
            return cancelled();
        const std::int64_t some = std::min(atOnce, count - begin);
        const torch::Tensor inputs = changed(begin, some);
        const std::vector<HeatMapTarget> targets(static_cast<std::size_t>(some), target);
        scores.push_back(scoresOf(asked.module.infer(inputs.contiguous(at::MemoryFormat::ChannelsLast))[0], targets,
                                  asked.logSoftmax));
        asking.tell(before + static_cast<std::size_t>(begin + some), total);
    }
    return torch::cat(scores);
}

} // namespace

Result<torch::Tensor> scoreCam(const HeatsAsked& asked, const torch::Tensor& images, const torch::Tensor& activations,
                               const std::vector<HeatMapTarget>& targets, const Asking& asking) {
    torch::NoGradGuard noGradients;
    const std::int64_t channels = activations.size(1);
    const auto each = static_cast<std::size_t>(channels);
    std::vector<torch::Tensor> maps;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const auto row = static_cast<std::int64_t>(i);
        const torch::Tensor image = images.narrow(0, row, 1), activation = activations.narrow(0, row, 1);
        const auto masked = [&](std::int64_t begin, std::int64_t count) {
            const torch::Tensor sized = torch::upsample_bilinear2d(activation.narrow(1, begin, count).contiguous(),
                                                                   {image.size(2), image.size(3)}, true);
            const torch::Tensor lowest = sized.amin({2, 3}, true), range = sized.amax({2, 3}, true) - lowest;
            return image * ((sized - lowest) / (range + 1e-8)).transpose(0, 1);
        };
        const auto scores =
            scoresOfChanged(asked, targets[i], channels, asking, i * each, targets.size() * each, masked);
        if (!scores)
            return scores.error();
        maps.push_back((torch::softmax(*scores, 0).view({-1, 1, 1}) * activation[0]).sum(0).relu());
    }
    return torch::stack(maps);
}

Result<torch::Tensor> occlusion(const HeatsAsked& asked, const torch::Tensor& images, const torch::Tensor& logits,
                                const std::vector<HeatMapTarget>& targets, const Asking& asking) {
    torch::NoGradGuard noGradients;
    const std::int64_t height = images.size(2), width = images.size(3);
    const std::int64_t patchHeight = patchOf(height), patchWidth = patchOf(width);
    const std::int64_t rows = partsOf(height, patchHeight), columns = partsOf(width, patchWidth);
    const auto each = static_cast<std::size_t>(rows * columns);
    const torch::Tensor whole = scoresOf(logits, targets, asked.logSoftmax);
    std::vector<torch::Tensor> maps;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const torch::Tensor image = images.narrow(0, static_cast<std::int64_t>(i), 1);
        const auto covered = [&](std::int64_t begin, std::int64_t count) {
            torch::Tensor copies = image.repeat({count, 1, 1, 1});
            for (std::int64_t copy = 0; copy < count; ++copy) {
                const std::int64_t top = (begin + copy) / columns * patchHeight,
                                   left = (begin + copy) % columns * patchWidth;
                copies[copy].slice(1, top, top + patchHeight).slice(2, left, left + patchWidth).zero_();
            }
            return copies;
        };
        const auto scores =
            scoresOfChanged(asked, targets[i], rows * columns, asking, i * each, targets.size() * each, covered);
        if (!scores)
            return scores.error();
        const torch::Tensor own = whole[static_cast<std::int64_t>(i)], lost = own - *scores;
        // Scores of another batch differ in their last bits: that is no evidence.
        const torch::Tensor rounding = torch::maximum(own.abs(), scores->abs()) * kRounding;
        maps.push_back(torch::where(lost.abs() > rounding, lost, torch::zeros_like(lost)).view({rows, columns}));
    }
    return torch::stack(maps);
}

torch::Tensor spreadOverPatches(const torch::Tensor& values, std::int64_t height, std::int64_t width) {
    const auto patches = [](std::int64_t side) {
        return torch::arange(side, torch::kLong).floor_divide(patchOf(side));
    };
    return values.index_select(1, patches(height)).index_select(2, patches(width));
}

} // namespace sightline::engine
