// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/Engine.h"

namespace sightline::engine {

// What TorchEngine hands on; see the methods of Engine for what each promises.
Result<Evaluation> evaluate(const EvaluateRequest& request, std::stop_token stop, const Progress& progress);
Result<std::vector<ImagePrediction>> predict(const PredictRequest& request, std::stop_token stop,
                                             const Progress& progress);
Result<Explanation> explain(const ExplainRequest& request, std::stop_token stop);
Result<FloatArray> forward(const ForwardRequest& request);
Result<ExplainBench> benchExplain(const ExplainBenchRequest& request);

} // namespace sightline::engine
