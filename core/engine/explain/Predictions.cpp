// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include "engine/explain/Answers.h"

namespace sightline::engine {

namespace {
constexpr std::size_t kImagesAtOnce = 16;
} // namespace

Result<Predictions> answer(const Asked& asked, const PredictionsQuestion& question, const Asking& asking) {
    const LoadedModel& model = asked.model();
    torch::NoGradGuard noGradients;
    Predictions predictions;
    predictions.images.resize(question.images.size());
    for (std::size_t begin = 0; begin < question.images.size(); begin += kImagesAtOnce) {
        const std::size_t end = std::min(question.images.size(), begin + kImagesAtOnce);
        std::vector<torch::Tensor> inputs;
        std::vector<std::size_t> read;
        for (std::size_t i = begin; i < end; ++i) {
            if (asking.isStopped())
                return cancelled();
            predictions.images[i].path = question.images[i].string();
            const auto image = readImage(question.images[i], model.data.pixels);
            if (!image) {
                predictions.images[i].error = image.error().message;
                continue;
            }
            inputs.push_back(preparedInput(model, preparedImage(model, *image)));
            read.push_back(i);
        }
        if (!inputs.empty()) {
            const torch::Tensor logits =
                model.module->infer(torch::cat(inputs).contiguous(at::MemoryFormat::ChannelsLast))[0];
            for (std::size_t i = 0; i < read.size(); ++i)
                predictions.images[read[i]].probabilities = probabilitiesOf(logits[static_cast<std::int64_t>(i)]);
        }
        asking.tell(end, question.images.size());
    }
    return predictions;
}

} // namespace sightline::engine
