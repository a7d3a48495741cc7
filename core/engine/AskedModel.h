// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/Engine.h"
#include "engine/questions/Activations.h"
#include "engine/questions/Evaluation.h"
#include "engine/questions/Examples.h"
#include "engine/questions/Features.h"
#include "engine/questions/FilterPictures.h"
#include "engine/questions/HeatMap.h"
#include "engine/questions/HeatMaps.h"
#include "engine/questions/MapsReport.h"
#include "engine/questions/Occlusion.h"
#include "engine/questions/Predictions.h"
#include "engine/questions/Robustness.h"
#include "engine/questions/Suspects.h"
#include "engine/questions/Trust.h"
#include "engine/questions/Unknown.h"
#include "network/GraphSpec.h"
#include "support/Result.h"

namespace sightline {

/// All that a network can be asked. A new kind: its values in engine/questions/, its answer() in engine/explain/, its
/// name here.
using Question =
    std::variant<HeatMapQuestion, HeatMapsQuestion, PredictionsQuestion, EvaluationQuestion, FeaturesQuestion,
                 OcclusionQuestion, RobustnessQuestion, TrustQuestion, ActivationsQuestion, FilterPicturesQuestion,
                 KernelsQuestion, ExamplesQuestion, SuspectsQuestion, MapsReportQuestion, UnknownRuleQuestion>;

template <typename Questions>
struct AnswersTo;
template <typename... Kinds>
struct AnswersTo<std::variant<Kinds...>> {
    using Type = std::variant<typename Kinds::Answer...>;
};
using Answer = AnswersTo<Question>::Type;

/// A network with its weights, ready to be asked: by the command line, the window, or the trainer's probes. Immutable;
/// any number of threads may ask at once, and none waits for another's answer.
class AskedModel {
public:
    virtual ~AskedModel() = default;

    virtual const std::vector<std::string>& classes() const = 0; ///< empty without a run
    virtual const GraphSpec& graph() const = 0;

    /// Synchronous; looks at `stop` at least every 50 ms of work, one pass of the network aside. Nothing throws.
    virtual Result<Answer> ask(const Question& question, const std::stop_token& stop,
                               const Progress& progress) const = 0;

    /// The answer of the question's own kind: `model.ask(HeatMapQuestion{...})` gives a HeatMap.
    template <typename Kind, typename Own = typename Kind::Answer>
    Result<Own> ask(Kind question, const std::stop_token& stop = {}, const Progress& progress = {}) const {
        Result<Answer> answer = ask(Question(std::move(question)), stop, progress);
        if (!answer)
            return answer.error();
        return std::get<Own>(std::move(*answer));
    }
};

/// Opens the network of a source and asks it one thing.
template <typename Kind>
Result<typename Kind::Answer> ask(Engine& engine, const ModelSource& source, Kind question,
                                  const std::stop_token& stop = {}, const Progress& progress = {}, int threads = 0) {
    const auto model = engine.open(source, threads);
    if (!model)
        return model.error();
    return (*model)->ask(std::move(question), stop, progress);
}

} // namespace sightline
