// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/Reading.h"

namespace sightline {

LoaderSettings readingFor(const Experiment& experiment, std::shared_ptr<const FittedNormalization> fitted,
                          Reading purpose, const std::filesystem::path& home) {
    LoaderSettings reading;
    reading.data = experiment.data;
    reading.augmentation = experiment.augmentation;
    reading.normalization = experiment.normalization;
    reading.seed = experiment.seed;
    reading.batchSize = experiment.training.batchSize;
    reading.fitted = std::move(fitted);
    reading.threads = experiment.training.loaderThreads;
    reading.balanced = experiment.training.balanced;
    if (purpose == Reading::Training) {
        if (!home.empty())
            reading.cache = cacheLimits(experiment.data, home);
        return reading;
    }
    reading.augmentation.augmentValidation = false; // what a random crop means at inference stays
    return asJudgingOnce(std::move(reading));
}

LoaderSettings asJudging(LoaderSettings reading) {
    reading.training = reading.shuffle = reading.balanced = false;
    return reading;
}

LoaderSettings asJudgingOnce(LoaderSettings reading) {
    reading.cache = {0, {}, 0};
    reading.decoded.reset();
    return asJudging(std::move(reading));
}

} // namespace sightline
