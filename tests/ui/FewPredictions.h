// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cmath>
#include <memory>
#include <tuple>

#include "metrics/Evaluation.h"

namespace sightline::ui {

/// Five test images of three classes, two of them wrong.
inline std::shared_ptr<const Evaluation> threeClasses() {
    auto made = std::make_shared<Evaluation>();
    made->classes = {"a", "b", "c"};
    made->split = "test";
    const std::array<std::tuple<int, int, double>, 5> rows{
        {{0, 0, 0.9}, {0, 1, 0.6}, {1, 1, 0.5}, {1, 2, 0.8}, {2, 2, 0.99}}};
    for (const auto& [truth, predicted, confidence] : rows) {
        Prediction prediction;
        prediction.path = "p" + std::to_string(made->predictions.size());
        prediction.sample = static_cast<std::uint32_t>(made->predictions.size());
        prediction.truth = truth;
        prediction.predicted = predicted;
        prediction.confidence = confidence;
        prediction.loss = truth == predicted ? -std::log(confidence) : -std::log(1 - confidence);
        prediction.probabilities = {0, 0, 0};
        made->predictions.push_back(prediction);
    }
    summarize(*made);
    return made;
}

} // namespace sightline::ui
