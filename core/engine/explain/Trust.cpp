// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "engine/explain/SameTarget.h"
#include "engine/explain/SplitPass.h"
#include "engine/module/ModuleCopies.h"
#include "metrics/RankCorrelation.h"
#include "support/Random.h"

namespace sightline::engine {

namespace {

constexpr int kSteps = 30, kSquares = 5, kAlteredAtOnce = 32;
constexpr double kFifth = 0.2;

/// [n, n]: a Gaussian of deviation n / 16 along a line of n values, mirrored at the border, cut off at four deviations.
torch::Tensor blurAlong(std::int64_t n) {
    const double deviation = static_cast<double>(n) / 16;
    const auto radius = static_cast<std::int64_t>(4 * deviation + 0.5);
    torch::Tensor matrix = torch::zeros({n, n}, torch::kDouble);
    auto weights = matrix.accessor<double, 2>();
    for (std::int64_t row = 0; row < n; ++row)
        for (std::int64_t k = -radius; k <= radius; ++k) {
            std::int64_t at = (((row + k) % (2 * n)) + 2 * n) % (2 * n);
            at = at < n ? at : 2 * n - 1 - at;
            weights[row][at] += std::exp(-0.5 * static_cast<double>(k * k) / (deviation * deviation));
        }
    return (matrix / matrix.sum(1, true)).to(torch::kFloat);
}

torch::Tensor blurredImage(const torch::Tensor& input) {
    return torch::matmul(torch::matmul(blurAlong(input.size(2)), input), blurAlong(input.size(3)).t());
}

/// Each pixel's place when the hottest comes first; equal ones in the order of rows.
torch::Tensor placesByHeat(const FloatArray& map) {
    std::vector<std::int64_t> order(map.values.size()), places(map.values.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = static_cast<std::int64_t>(i);
    const auto heat = [&](std::int64_t pixel) { return map.values[static_cast<std::size_t>(pixel)]; };
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return heat(a) > heat(b); });
    for (std::size_t i = 0; i < order.size(); ++i)
        places[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
    return torch::tensor(places, torch::kLong).reshape(map.shape);
}

/// One altered image: `other` where `mask`, else `image`.
struct Altered {
    torch::Tensor mask, image, other; ///< [H, W], [C, H, W], [C, H, W]
};

std::vector<torch::Tensor> squares(std::int64_t height, std::int64_t width, std::uint64_t seed) {
    const double area = kFifth * static_cast<double>(height * width);
    const double side = std::min(std::sqrt(area), static_cast<double>(std::min(height, width)));
    std::int64_t tall = std::lround(side), wide = std::lround(side);
    if (side * side < area - 1) // a square of that area is larger than the image's short side
        (height < width ? wide : tall) = std::lround(area / side);
    CounterRandom random(seed, RandomPurpose::Noise);
    std::vector<torch::Tensor> masks;
    for (int i = 0; i < kSquares; ++i) {
        const auto top = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(height - tall + 1)));
        const auto left = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(width - wide + 1)));
        masks.push_back(torch::zeros({height, width}, torch::kBool));
        masks.back().narrow(0, top, tall).narrow(1, left, wide).fill_(true);
    }
    return masks;
}

/// In this order: deletion, insertion, the hottest fifth hidden, the squares hidden.
std::vector<Altered> alterations(const torch::Tensor& input, const FloatArray& map, std::uint64_t seed) {
    const torch::Tensor places = placesByHeat(map), image = input[0];
    const torch::Tensor mean = image.mean({1, 2}, true).expand_as(image), blurred = blurredImage(input)[0];
    const auto hottest = [&](double share) {
        return places < static_cast<std::int64_t>(std::lround(share * static_cast<double>(places.numel())));
    };
    std::vector<Altered> all;
    for (int step = 0; step <= kSteps; ++step)
        all.push_back({hottest(static_cast<double>(step) / kSteps), image, mean});
    for (int step = 0; step <= kSteps; ++step)
        all.push_back({hottest(static_cast<double>(step) / kSteps), blurred, image});
    all.push_back({hottest(kFifth), image, blurred});
    for (const torch::Tensor& square : squares(input.size(2), input.size(3), seed))
        all.push_back({square, image, blurred});
    return all;
}

/// The target's probability for each altered image.
Result<std::vector<double>> judged(const GraphModule& module, const std::vector<Altered>& altered, int target,
                                   const Asking& asking) {
    const auto atOnce = static_cast<std::size_t>(imagesAtOnce(module, kAlteredAtOnce));
    std::vector<double> probabilities;
    while (probabilities.size() < altered.size()) {
        if (asking.isStopped())
            return cancelled();
        std::vector<torch::Tensor> images;
        for (std::size_t i = probabilities.size(); i < altered.size() && images.size() < atOnce; ++i)
            images.push_back(torch::where(altered[i].mask, altered[i].other, altered[i].image));
        const torch::Tensor logits =
            module.infer(torch::stack(images).contiguous(at::MemoryFormat::ChannelsLast))[0].to(torch::kDouble);
        const torch::Tensor shares = torch::softmax(logits, 1).select(1, target);
        for (std::int64_t i = 0; i < shares.size(0); ++i)
            probabilities.push_back(shares[i].item<double>());
        asking.tell(probabilities.size(), altered.size() + altered.size() / 4);
    }
    return probabilities;
}

double area(const std::vector<double>& curve) {
    double sum = 0;
    for (std::size_t i = 1; i < curve.size(); ++i)
        sum += (curve[i - 1] + curve[i]) / 2;
    return sum / static_cast<double>(curve.size() - 1);
}

void fillFigures(Trust& trust, const std::vector<double>& probabilities) {
    const auto begin = probabilities.begin();
    trust.deletion.assign(begin, begin + kSteps + 1);
    trust.insertion.assign(begin + kSteps + 1, begin + 2 * (kSteps + 1));
    trust.deletionAuc = area(trust.deletion);
    trust.insertionAuc = area(trust.insertion);
    trust.probability = trust.deletion.front();
    const auto hidden = static_cast<std::size_t>(2 * (kSteps + 1));
    trust.drop = trust.probability - probabilities[hidden];
    for (std::size_t i = hidden + 1; i < probabilities.size(); ++i)
        trust.randomDrop += (trust.probability - probabilities[i]) / kSquares;
}

/// The same network with weights drawn again: of its classifier, or all. The one that is asked stays as it is.
Result<Asked> randomised(const Asked& asked, bool all, std::uint64_t seed, const std::stop_token& stop) {
    const GraphSpec& spec = asked.module().spec();
    auto fresh = drawnAgain(asked.module(), all ? std::vector<bool>(spec.nodes.size(), true) : classifierNodes(spec),
                            seed, stop);
    if (!fresh)
        return fresh.error();
    auto model = std::make_shared<LoadedModel>(asked.model());
    model->module = std::move(*fresh);
    return Asked{std::move(model), asked.source};
}

std::vector<float> absolute(const FloatArray& map) {
    std::vector<float> values = map.values;
    for (float& value : values)
        value = std::abs(value);
    return values;
}

} // namespace

Result<Trust> answer(const Asked& asked, const TrustQuestion& question, const Asking& asking) {
    const Asking quiet{asking.stop, {}};
    const auto map = answer(asked, question.of, quiet);
    if (!map)
        return map.error();
    const auto target = targetOf(asked, question.of, *map);
    if (!target)
        return target.error();
    Trust trust;
    trust.target = target->name;
    const auto [least, most] = std::minmax_element(map->map.values.begin(), map->map.values.end());
    trust.isEmpty = map->saturated || *least == *most;
    {
        torch::NoGradGuard noGradients;
        const torch::Tensor input = preparedInput(asked.model(), preparedImage(asked.model(), question.of.image));
        const auto probabilities =
            judged(asked.module(), alterations(input, map->map, question.of.seed), target->positive, asking);
        if (!probabilities)
            return probabilities.error();
        if (!std::all_of(probabilities->begin(), probabilities->end(), [](double p) { return std::isfinite(p); }))
            return Error{"The network gives probabilities that are not numbers; its weights are damaged."};
        fillFigures(trust, *probabilities);
    }
    const HeatMapQuestion same = withTarget(question.of, *target, *map);
    const std::vector<float> own = absolute(map->map);
    for (const bool all : {false, true}) {
        if (asking.isStopped())
            return cancelled();
        // Not the seed that trained: that draws the start again, which training may have kept.
        const auto other = randomised(asked, all, question.of.seed + 1, asking.stop);
        if (!other)
            return other.error();
        const auto changed = answer(*other, same, quiet);
        if (!changed)
            return changed.error();
        (all ? trust.randomisedAll : trust.randomisedLast) = rankCorrelation(own, absolute(changed->map));
    }
    asking.tell(1, 1);
    return trust;
}

} // namespace sightline::engine
