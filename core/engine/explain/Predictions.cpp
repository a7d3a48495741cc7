// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include "engine/explain/Answers.h"
#include "engine/explain/FeaturePass.h"
#include "engine/explain/Judging.h"
#include "network/Passes.h"

namespace sightline::engine {

namespace {
constexpr std::size_t kImagesAtOnce = 16;

/// What the network says of a batch, with a score for each image where the judge knows this network.
class Saying {
public:
    Saying(const Asked& asked, const UnknownJudge* judge)
        : m_module(asked.module()), m_judge(judge && judge->layer() == featureNode(m_module.spec()) ? judge : nullptr) {
    }
    Result<void> of(const torch::Tensor& images, const std::vector<ImagePrediction*>& predictions) const {
        const FeaturesOfImages seen = m_judge ? featuresOf(m_module, m_judge->layer(), images)
                                              : FeaturesOfImages{{}, {}, m_module.infer(images)[0]};
        if (const Result<void> finite = finiteScores(seen.logits); !finite)
            return finite;
        for (std::size_t i = 0; i < predictions.size(); ++i) {
            predictions[i]->probabilities = probabilitiesOf(seen.logits[static_cast<std::int64_t>(i)]);
            if (m_judge)
                predictions[i]->unknownScore = m_judge->score(rowOf(seen.stages, i), rowOf(seen.logits, i));
        }
        return {};
    }

private:
    const GraphModule& m_module;
    const UnknownJudge* m_judge;
};
} // namespace

Result<Predictions> answer(const Asked& asked, const PredictionsQuestion& question, const Asking& asking) {
    const LoadedModel& model = asked.model();
    torch::NoGradGuard noGradients;
    const Saying saying(asked, question.judge.get());
    Predictions predictions;
    predictions.images.resize(question.images.size());
    for (std::size_t begin = 0; begin < question.images.size(); begin += kImagesAtOnce) {
        const std::size_t end = std::min(question.images.size(), begin + kImagesAtOnce);
        std::vector<torch::Tensor> inputs;
        std::vector<ImagePrediction*> read;
        for (std::size_t i = begin; i < end; ++i) {
            if (asking.isStopped())
                return cancelled();
            predictions.images[i].path = question.images[i].string();
            const auto image =
                question.read ? question.read(question.images[i]) : readImage(question.images[i], model.data.pixels);
            if (!image) {
                predictions.images[i].error = image.error().message;
                continue;
            }
            inputs.push_back(preparedInput(model, preparedImage(model, *image)));
            read.push_back(&predictions.images[i]);
        }
        if (!inputs.empty())
            if (const Result<void> said =
                    saying.of(torch::cat(inputs).contiguous(at::MemoryFormat::ChannelsLast), read);
                !said)
                return said.error();
        asking.tell(end, question.images.size());
    }
    return predictions;
}

} // namespace sightline::engine
