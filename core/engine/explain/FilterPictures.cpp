// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/explain/Answers.h"
#include "engine/explain/Layer.h"
#include "engine/explain/PixelInput.h"
#include "network/Attributes.h"
#include "support/Random.h"

namespace sightline::engine {

namespace {

constexpr double kStep = 8;    ///< levels of 0...255 that a step moves a pixel, root of the mean square
constexpr double kLeak = 0.01; ///< share of what is rectified away
constexpr int kBlurEvery = 4;  ///< steps
constexpr int kNoise = 10;     ///< levels around gray
constexpr int kMostSteps = 10'000;

/// What is climbed, and how.
struct Climb {
    const LoadedModel& model;
    const FilterPicturesQuestion& question;
    Layer layer;
    std::string beneath;      ///< what the layer rectifies, or the layer itself
    bool isFlattened = false; ///< `beneath` has places, the layer no more
    Trunk trunk;
};

struct Beneath {
    std::string id;
    bool isFlattened = false;
};

/// A rectified channel that is silent has no gradient: what it rectifies still shows the way up. Found below operations
/// that leave channels as they are; below flattening, whose channels are places, those that leave places as they are.
Beneath beneathOf(const GraphSpec& spec, std::size_t node) {
    std::size_t below = node;
    bool rectified = false, flattened = false;
    for (;;) {
        const Node& at = spec.nodes[below];
        const bool pools =
            at.op == Op::MaxPool || at.op == Op::AvgPool || at.op == Op::GlobalAvgPool || at.op == Op::AdaptiveAvgPool;
        const bool keeps = at.op == Op::Activation || at.op == Op::Dropout || at.op == Op::Flatten;
        if (!keeps && (!pools || flattened))
            return rectified ? Beneath{at.id, flattened} : Beneath{spec.nodes[node].id, false};
        flattened = flattened || at.op == Op::Flatten;
        rectified = rectified || (at.op == Op::Activation && textAttribute(at, "kind", "relu").starts_with("relu"));
        const auto input = std::find_if(spec.nodes.begin(), spec.nodes.end(),
                                        [&](const Node& other) { return other.id == at.inputs[0]; });
        below = static_cast<std::size_t>(input - spec.nodes.begin());
    }
}

/// Each image's own channel: [n, places].
torch::Tensor channelsOf(const torch::Tensor& values, const std::vector<int>& channels) {
    std::vector<torch::Tensor> own;
    for (std::size_t i = 0; i < channels.size(); ++i)
        own.push_back(values[static_cast<std::int64_t>(i)][channels[i]].reshape({-1}));
    return torch::stack(own);
}

std::vector<double> meansOf(const Climb& climb, const torch::Tensor& pixels, const std::vector<int>& channels) {
    torch::NoGradGuard noGradients;
    const torch::Tensor values = climb.trunk.values(normalizedPixels(climb.model, pixels));
    const torch::Tensor means = channelsOf(values, channels).to(torch::kDouble).mean(1).contiguous();
    return {means.data_ptr<double>(), means.data_ptr<double>() + means.numel()};
}

/// The mean activation of each image's channel, summed; what is rectified away counts a little, so that there is a way
/// out of silence.
torch::Tensor scoreOf(const Climb& climb, const torch::Tensor& pixels, const std::vector<int>& channels) {
    const auto values = climb.trunk.valuesOf(normalizedPixels(climb.model, pixels), {climb.layer.id, climb.beneath});
    const torch::Tensor score = channelsOf(values[0], channels).mean(1).sum();
    if (climb.beneath == climb.layer.id)
        return score;
    const torch::Tensor below = climb.isFlattened ? values[1].flatten(1) : values[1];
    return score + kLeak * channelsOf(below, channels).clamp_max(0).mean(1).sum();
}

/// [n, C, H, W]: the gradient of those values that can still go its way between 0 and 255, divided by the root of their
/// mean square, image by image. Zero stays zero.
torch::Tensor gradientOf(const Climb& climb, const torch::Tensor& pixels, const std::vector<int>& channels) {
    torch::AutoGradMode gradients(true);
    const torch::Tensor leaf = pixels.detach().requires_grad_(true);
    const torch::Tensor score = scoreOf(climb, leaf, channels);
    if (!score.requires_grad())
        return torch::zeros_like(pixels);
    torch::Tensor gradient = torch::autograd::grad({score}, {leaf}, {}, {}, false, true)[0];
    if (!gradient.defined())
        return torch::zeros_like(pixels);
    const torch::Tensor isFree = ((gradient > 0) & (pixels < 255)) | ((gradient < 0) & (pixels > 0));
    gradient = gradient * isFree;
    gradient = gradient / gradient.abs().amax({1, 2, 3}, true).clamp_min(1e-30); // squares of small ones vanish
    const torch::Tensor free = isFree.sum({1, 2, 3}, true).clamp_min(1);
    return gradient / ((gradient * gradient).sum({1, 2, 3}, true) / free).sqrt().clamp_min(1e-30);
}

/// A Gaussian of so many pixels' deviation, borders continued.
torch::Tensor blurred(const torch::Tensor& pixels, double deviation) {
    deviation = std::max(deviation, 1e-3); // the square of less is 0
    const auto reach = std::max<std::int64_t>(1, std::llround(std::ceil(3 * deviation)));
    const torch::Tensor offsets = torch::arange(-reach, reach + 1, torch::kFloat);
    torch::Tensor kernel = torch::exp(-offsets * offsets / (2 * deviation * deviation));
    kernel = kernel / kernel.sum();
    const torch::Tensor plain = pixels.reshape({-1, 1, pixels.size(2), pixels.size(3)});
    const torch::Tensor framed = torch::replication_pad2d(plain, {reach, reach, reach, reach});
    return torch::conv2d(torch::conv2d(framed, kernel.view({1, 1, -1, 1})), kernel.view({1, 1, 1, -1}))
        .view(pixels.sizes());
}

/// Gray noise, the same for every channel: an image of whole levels.
Image noiseFor(const Climb& climb) {
    const GraphSpec& spec = climb.model.module->spec();
    Image noise(spec.height, spec.width, spec.channels);
    CounterRandom random(climb.question.seed, RandomPurpose::Noise);
    for (std::uint8_t& value : noise.pixels)
        value = static_cast<std::uint8_t>(128 - kNoise + static_cast<int>(random.below(2 * kNoise + 1)));
    return noise;
}

/// One step up for all images of a batch.
torch::Tensor stepped(const Climb& climb, const torch::Tensor& pixels, const std::vector<int>& channels, int step) {
    torch::Tensor at = pixels;
    std::int64_t down = 0, right = 0;
    if (const int jitter = climb.question.jitter; jitter > 0) {
        CounterRandom random(climb.question.seed, RandomPurpose::Noise, 1, static_cast<std::uint64_t>(step));
        const auto reach = static_cast<std::uint64_t>(2 * jitter + 1);
        down = static_cast<std::int64_t>(random.below(reach)) - jitter;
        right = static_cast<std::int64_t>(random.below(reach)) - jitter;
        at = at.roll({down, right}, {2, 3});
    }
    at = (at + kStep * gradientOf(climb, at, channels)).clamp(0, 255);
    if (down != 0 || right != 0)
        at = at.roll({-down, -right}, {2, 3});
    const bool isLast = step + 1 == climb.question.steps;
    return climb.question.blur > 0 && (step + 1) % kBlurEvery == 0 && !isLast ? blurred(at, climb.question.blur) : at;
}

/// So many channels at once that a step is done in time to hear Stop, if a single one is.
std::size_t channelsAtOnce(const Climb& climb) {
    constexpr std::int64_t kMultiplyAdds = 700'000'000, kMost = 32;
    const std::int64_t cost = std::max<std::int64_t>(1, climb.trunk.multiplyAdds());
    return static_cast<std::size_t>(std::clamp<std::int64_t>(kMultiplyAdds / cost, 1, kMost));
}

/// The pictures of a few channels, climbed together; `before` of `total` steps are done already.
Result<std::vector<FilterPicture>> climbed(const Climb& climb, const std::vector<int>& channels, const Asking& asking,
                                           std::size_t before, std::size_t total) {
    torch::NoGradGuard noGradients;
    const Image noise = noiseFor(climb);
    torch::Tensor pixels = pixelsOf(noise)
                               .repeat({static_cast<std::int64_t>(channels.size()), 1, 1, 1})
                               .contiguous(at::MemoryFormat::ChannelsLast);
    const std::vector<double> start = meansOf(climb, pixels, channels);
    for (int step = 0; step < climb.question.steps; ++step) {
        if (asking.isStopped())
            return cancelled();
        pixels = stepped(climb, pixels, channels, step);
        asking.tell(before + (static_cast<std::size_t>(step) + 1) * channels.size(), total);
    }
    const std::vector<double> end = meansOf(climb, pixels.round(), channels);
    std::vector<FilterPicture> pictures;
    for (std::size_t i = 0; i < channels.size(); ++i) {
        if (!std::isfinite(start[i]) || !std::isfinite(end[i]))
            return badInput("Channel " + std::to_string(channels[i]) + " of the layer '" + climb.layer.id +
                            "' gives values that are not numbers; the network's weights are damaged.");
        pictures.push_back({channels[i], start[i], end[i], imageOf(pixels.narrow(0, static_cast<std::int64_t>(i), 1))});
    }
    return pictures;
}

Result<void> checked(const FilterPicturesQuestion& question, const Layer& layer) {
    for (const int channel : question.channels)
        if (const Result<void> there = channelIn(layer, channel); !there)
            return there;
    if (question.steps < 1 || question.steps > kMostSteps)
        return badInput("The number of steps must be 1 to 10,000.");
    if (question.jitter < 0 || !(question.blur >= 0 && question.blur <= 100))
        return badInput("The jitter must be 0 pixels or more, the blur 0 to 100 pixels.");
    return {};
}

} // namespace

Result<FilterPictures> answer(const Asked& asked, const FilterPicturesQuestion& question, const Asking& asking) {
    const Result<Layer> layer = namedLayer(asked.module(), question.layer);
    if (!layer)
        return layer.error();
    if (asked.module().spec().nodes[layer->node].op == Op::Input)
        return badInput("The layer '" + layer->id + "' is the image itself and has no filters; choose a later one.");
    if (const Result<void> fits = checked(question, *layer); !fits)
        return fits.error();
    const Result<Trunk> trunk = Trunk::of(asked.module(), *layer);
    if (!trunk)
        return trunk.error();
    const auto [beneath, isFlattened] = beneathOf(asked.module().spec(), layer->node);
    const Climb climb{asked.model(), question, *layer, beneath, isFlattened, *trunk};
    std::vector<int> channels = question.channels;
    if (channels.empty()) {
        channels.resize(static_cast<std::size_t>(layer->channels()));
        std::iota(channels.begin(), channels.end(), 0);
    }
    const auto steps = static_cast<std::size_t>(question.steps);
    FilterPictures answer{layer->id, {}};
    for (std::size_t begin = 0, atOnce = channelsAtOnce(climb); begin < channels.size(); begin += atOnce) {
        const auto first = channels.begin() + static_cast<std::ptrdiff_t>(begin);
        const std::vector<int> few(first,
                                   first + static_cast<std::ptrdiff_t>(std::min(atOnce, channels.size() - begin)));
        Result<std::vector<FilterPicture>> pictures =
            climbed(climb, few, asking, begin * steps, channels.size() * steps);
        if (!pictures)
            return pictures.error();
        for (FilterPicture& picture : *pictures) {
            if (question.each)
                question.each(picture);
            answer.pictures.push_back(std::move(picture));
        }
    }
    return answer;
}

} // namespace sightline::engine
