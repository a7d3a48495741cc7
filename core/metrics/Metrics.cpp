// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/Metrics.h"

namespace sightline {

std::optional<double> EpochMetrics::value(const std::string& name) const {
    if (name == "loss")
        return loss;
    if (name == "accuracy")
        return accuracy;
    if (name == "val_loss")
        return valLoss;
    if (name == "val_accuracy")
        return valAccuracy;
    if (name == "learning_rate")
        return learningRate;
    return {};
}

} // namespace sightline
