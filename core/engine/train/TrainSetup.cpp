// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/TrainSetup.h"

#include <torch/types.h>

#include <algorithm>

#include "experiment/EditFold.h"

namespace sightline::engine {

namespace {

/// n / (classes * n_c) per class, as scikit-learn's "balanced".
std::vector<float> balancedWeights(const Dataset& dataset) {
    const std::vector<std::size_t> counts = dataset.countsPerClass(Subset::Train);
    const auto total = static_cast<double>(dataset.count(Subset::Train));
    std::vector<float> weights;
    for (const std::size_t count : counts)
        weights.push_back(
            count == 0 ? 0.0f
                       : static_cast<float>(total / (static_cast<double>(counts.size()) * static_cast<double>(count))));
    return weights;
}

} // namespace

std::vector<float> classWeightsFor(const TrainSetup& setup) {
    return setup.experiment.training.loss.balancedClassWeight ? balancedWeights(setup.dataset) : std::vector<float>();
}

int TrainSetup::batchesPerEpoch() const {
    const auto size = static_cast<std::size_t>(experiment.training.batchSize);
    return static_cast<int>((trainImages + size - 1) / size);
}

void TrainSetup::dropLater(const Json& changed) {
    for (RecordedEdit& edit : later)
        giveWay(edit.changes, changed);
    std::erase_if(later, [](const RecordedEdit& edit) { return edit.changes.empty(); });
}

void TrainSetup::countImages() {
    trainImages = dataset.count(Subset::Train);
    validationImages = dataset.count(Subset::Validation);
}

} // namespace sightline::engine
