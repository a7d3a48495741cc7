// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include "engine/explain/Answers.h"
#include "engine/explain/Door.h"
#include "engine/module/ComputeThreads.h"
#include "engine/module/PassStop.h"

namespace sightline::engine {

namespace {

/// What could not be done, where a library throws.
constexpr const char* failureOf(const HeatMapQuestion&) {
    return "The heat map could not be computed: ";
}
constexpr const char* failureOf(const HeatMapsQuestion&) {
    return "The heat maps could not be computed: ";
}
constexpr const char* failureOf(const MapsReportQuestion&) {
    return "The heat maps could not be summed up: ";
}
constexpr const char* failureOf(const OcclusionQuestion&) {
    return "The painted image could not be judged: ";
}
constexpr const char* failureOf(const RobustnessQuestion&) {
    return "The robustness could not be measured: ";
}
constexpr const char* failureOf(const TrustQuestion&) {
    return "The heat map could not be tested: ";
}
constexpr const char* failureOf(const PredictionsQuestion&) {
    return "The prediction failed: ";
}
constexpr const char* failureOf(const EvaluationQuestion&) {
    return "The evaluation failed: ";
}
constexpr const char* failureOf(const ActivationsQuestion&) {
    return "The activations could not be computed: ";
}
constexpr const char* failureOf(const FilterPicturesQuestion&) {
    return "The pictures of the filters could not be computed: ";
}
constexpr const char* failureOf(const KernelsQuestion&) {
    return "The kernels could not be shown: ";
}
constexpr const char* failureOf(const ExamplesQuestion&) {
    return "The examples could not be found: ";
}

constexpr const char* failureOf(const FeaturesQuestion&) {
    return "The features could not be computed: ";
}
constexpr const char* failureOf(const UnknownRuleQuestion&) {
    return "What tells unknown images could not be learned: ";
}
constexpr const char* failureOf(const SuspectsQuestion&) {
    return "The labels could not be checked: ";
}

class TorchModel : public AskedModel {
public:
    TorchModel(Asked asked, int threads) : m_asked(std::move(asked)), m_threads(threads) {}

    const std::vector<std::string>& classes() const override { return m_asked.model().classes; }
    const GraphSpec& graph() const override { return m_asked.module().spec(); }

    Result<Answer> ask(const Question& question, const std::stop_token& stop, const Progress& progress) const override {
        return std::visit([&](const auto& kind) { return answered(kind, {stop, progress}); }, question);
    }

private:
    template <typename Kind>
    Result<Answer> answered(const Kind& question, const Asking& asking) const {
        try {
            const ComputeThreads threads(m_threads);
            const StopsPasses stops(asking.stop);
            auto own = answer(m_asked, question, asking);
            if (!own)
                return own.error();
            return Answer(std::move(*own));
        } catch (const PassStopped&) {
            return cancelled();
        } catch (const std::exception& exception) {
            return Error{std::string(failureOf(question)) + exception.what()};
        }
    }

    Asked m_asked;
    int m_threads;
};

} // namespace

Result<std::shared_ptr<const AskedModel>> open(const ModelSource& source, int threads) {
    try {
        auto identity = identityOf(source); // before the weights are read: those that come later have another one
        if (!identity)
            return identity.error();
        auto shared = sharedModel(source);
        if (!shared)
            return shared.error();
        return std::shared_ptr<const AskedModel>(
            std::make_shared<TorchModel>(Asked{std::move(*shared), source, std::move(*identity)}, threads));
    } catch (const std::exception& exception) {
        return Error{"The network could not be opened: " + std::string(exception.what())};
    }
}

} // namespace sightline::engine
