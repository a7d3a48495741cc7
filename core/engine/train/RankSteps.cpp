// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RankSteps.h"

#include <torch/torch.h>

#include <cmath>

#include "augment/BatchPart.h"

namespace sightline::engine {

namespace {

/// One image of nothing, or its features.
StepInput blankFor(const StepInput& input) {
    const auto blank = [](const torch::Tensor& like) {
        std::vector<std::int64_t> shape = like.sizes().vec();
        shape[0] = 1;
        return torch::zeros(shape);
    };
    StepInput made;
    if (input.images.defined())
        made.images = blank(input.images);
    for (const torch::Tensor& features : input.features)
        made.features.push_back(blank(features));
    return made;
}

// What a rank says of its part: these, then sample, loss and hit of each image.
enum Said { kSize, kLoss, kRight, kWish, kListed, kFigures };
constexpr std::size_t kAnImage = 3;

} // namespace

RankSteps::RankSteps(const Parts& parts) : m_parts(parts), m_gradients(parts.module, parts.ranks) {
    m_batchNormSums.sum = [&ranks = parts.ranks](torch::Tensor& values) {
        ranks.sum(std::span(values.data_ptr<double>(), static_cast<std::size_t>(values.numel())));
    };
    if (parts.syncBatchNorm)
        m_parts.module.syncBatchNorms(&m_batchNormSums);
}

RankSteps::~RankSteps() {
    m_parts.module.syncBatchNorms(nullptr);
}

WholeBatch RankSteps::train(Moments& moments, const StepSettings& settings, const FeedBatch& batch, double learningRate,
                            std::int64_t number) {
    GraphModule& module = m_parts.module;
    const bool isEmpty = batch.size == 0;
    m_batchNormSums.counts = !isEmpty;
    torch::Tensor statistics;
    if (isEmpty && !m_parts.syncBatchNorm) // a blank image says nothing of the others
        statistics = module.statistics().clone();
    m_gradients.begin();
    SampleResults each;
    const StepResult mine =
        isEmpty ? trainingPass(module, settings, blankFor(batch.input), {torch::zeros({1}, torch::kLong)}, 0)
                : trainingPass(module, settings, batch.input, batch.targets,
                               static_cast<double>(batch.size) / batch.whole, &each);
    if (statistics.defined())
        module.statistics().copy_(statistics);
    WholeBatch whole = gathered(batch, mine, each);
    const bool isComplete = whole.size == batch.whole; // else the images that cannot be read weighed something
    const auto sums = m_gradients.finish(isComplete || whole.size == 0 ? 1.0 : double(batch.whole) / whole.size,
                                         settings.optimizer.clipNorm > 0);
    if (whole.size > 0 && std::isfinite(whole.result.loss))
        takeStep(module, moments, settings, sums, learningRate, number);
    return whole;
}

WholeBatch RankSteps::judge(const StepSettings& settings, const FeedBatch& batch) {
    SampleResults each;
    StepResult mine;
    if (batch.size > 0)
        mine = validationStep(m_parts.module, settings, batch.input, batch.targets.labels, &each);
    return gathered(batch, mine, each);
}

/// In the order of the ranks, which is the order of the images; so the sums are the same everywhere.
WholeBatch RankSteps::gathered(const FeedBatch& batch, const StepResult& mine, const SampleResults& each) {
    const auto ranks = static_cast<std::size_t>(m_parts.ranks.size());
    const std::size_t length = kFigures + kAnImage * BatchPart{0, ranks}.most(static_cast<std::size_t>(batch.whole));
    std::vector<double> said(length, 0.0);
    said[kSize] = batch.size;
    said[kLoss] = batch.size > 0 ? mine.loss * batch.size : 0;
    said[kRight] = batch.size > 0 ? static_cast<double>(mine.right) : 0;
    said[kWish] = m_parts.wishesToStop && m_parts.wishesToStop() ? 1 : 0;
    said[kListed] = static_cast<double>(each.losses.size());
    for (std::size_t i = 0; i < each.losses.size(); ++i) {
        said[kFigures + kAnImage * i] = batch.samples[i];
        said[kFigures + kAnImage * i + 1] = static_cast<double>(each.losses[i]);
        said[kFigures + kAnImage * i + 2] = each.right[i];
    }
    const std::vector<double> all = m_parts.ranks.gather(said);
    m_samples.clear();
    m_each = {};
    double size = 0, loss = 0, right = 0, wishes = 0;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        const double* const of = all.data() + rank * length;
        size += of[kSize];
        loss += of[kLoss];
        right += of[kRight];
        wishes += of[kWish];
        for (std::size_t i = 0; i < static_cast<std::size_t>(of[kListed]); ++i) {
            const double* const image = of + kFigures + kAnImage * i;
            m_samples.push_back(static_cast<std::uint32_t>(image[0]));
            m_each.losses.push_back(static_cast<float>(image[1]));
            m_each.right.push_back(static_cast<std::uint8_t>(image[2]));
        }
    }
    return {{size > 0 ? loss / size : 0, static_cast<std::int64_t>(right), mine.logits},
            static_cast<int>(size),
            m_samples,
            &m_each,
            wishes > 0};
}

} // namespace sightline::engine
