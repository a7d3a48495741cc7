// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "data/Dataset.h"
#include "metrics/Evaluation.h"

namespace sightline::ui {

/// An evaluation that no network made: of the n-th image of the subset, from 0, `judge` says what was predicted, which
/// is right until it says otherwise. Images of classes that are not among `classes` are left out.
inline Evaluation madeUpEvaluation(const Dataset& dataset, Subset subset, const std::vector<std::string>& classes,
                                   const std::function<void(Prediction& prediction, std::size_t n)>& judge) {
    Evaluation evaluation;
    evaluation.split = nameOf(subset);
    evaluation.classes = classes;
    std::size_t n = 0;
    for (const std::uint32_t i : dataset.indices(subset)) {
        const std::size_t number = n++;
        const Sample& sample = dataset.samples[i];
        const auto known =
            std::find(classes.begin(), classes.end(), dataset.classes[static_cast<std::size_t>(sample.label)]);
        if (known == classes.end())
            continue;
        Prediction prediction;
        prediction.path = sample.path;
        prediction.sample = i;
        prediction.truth = prediction.predicted = static_cast<int>(known - classes.begin());
        prediction.probabilities.assign(classes.size(), 0.1f);
        prediction.confidence = 0.6;
        prediction.loss = 0.5;
        judge(prediction, number);
        evaluation.predictions.push_back(prediction);
    }
    summarize(evaluation);
    return evaluation;
}

} // namespace sightline::ui
