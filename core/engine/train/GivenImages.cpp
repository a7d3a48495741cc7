// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/GivenImages.h"

#include <torch/torch.h>

#include "augment/ShownPixels.h"
#include "engine/train/Trial.h"

namespace sightline::engine {

namespace {

/// [N, classes]: what the outputs were compared with.
torch::Tensor sharesOf(const Targets& targets, std::int64_t classes) {
    const auto oneHot = [&](const torch::Tensor& labels) { return torch::one_hot(labels, classes).to(torch::kDouble); };
    const torch::Tensor own = oneHot(targets.labels);
    if (!targets.others.defined())
        return own;
    const torch::Tensor share = targets.shares.to(torch::kDouble).unsqueeze(1);
    return share * own + (1 - share) * oneHot(targets.others);
}

} // namespace

Result<GivenBatch> givenBatch(const TrainedBatch& trained, const Dataset& dataset, const LoaderSettings& reading) {
    if (!trained.batch.input.images.defined())
        return Error{"There are no images to look at: the network is given the features that "
                     "training.cache_features keeps."};
    const torch::NoGradGuard noGrad;
    const torch::Tensor images = trained.batch.input.images.contiguous();
    const torch::Tensor chances = trained.logits.to(torch::kDouble).log_softmax(1).cpu().contiguous();
    const torch::Tensor shares = sharesOf(trained.batch.targets, chances.size(1)).contiguous();
    const torch::Tensor losses = -(shares * chances).sum(1);
    const torch::Tensor predicted = chances.argmax(1);
    const int channels = static_cast<int>(images.size(3));
    const Normalizer normalizer(reading.normalization, channels, reading.fitted);
    GivenBatch given;
    given.batch = trained.batch.number + 1;
    given.height = static_cast<int>(images.size(1));
    given.width = static_cast<int>(images.size(2));
    const auto size = static_cast<std::size_t>(images[0].numel());
    for (std::int64_t i = 0; i < images.size(0); ++i) {
        GivenImage image;
        image.path = dataset.samples[trained.batch.samples[static_cast<std::size_t>(i)]].path;
        const torch::Tensor target = shares[i].to(torch::kFloat);
        image.target.assign(target.data_ptr<float>(), target.data_ptr<float>() + target.numel());
        image.loss = losses[i].item<double>();
        image.predicted = static_cast<int>(predicted[i].item<std::int64_t>());
        image.probability = chances[i][image.predicted].exp().item<double>();
        image.pixels =
            shownPixels({images.data_ptr<float>() + static_cast<std::size_t>(i) * size, size}, channels, normalizer);
        given.images.push_back(std::move(image));
    }
    return given;
}

Result<void> show(const TrainLoop& loop, const TrainSetup& setup, int epoch, const TrainCommand& command) {
    const TrainedBatch* last = loop.last();
    if (!last)
        return Error{"There is no batch to look at yet; look again after the next one."};
    Result<GivenBatch> given = tried("The batch cannot be shown: ", // no reason to end a run
                                     [&] { return givenBatch(*last, setup.dataset, setup.reading); });
    if (!given)
        return given.error();
    given->epoch = epoch;
    if (command.showed)
        command.showed(std::move(*given));
    return {};
}

} // namespace sightline::engine
