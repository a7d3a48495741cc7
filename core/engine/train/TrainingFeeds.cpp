// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/TrainingFeeds.h"

#include <torch/types.h>

#include <algorithm>

#include "augment/Reading.h"

namespace sightline::engine {

Result<void> openTrainingFeeds(TrainSetup& setup, bool features, std::stop_token stop,
                               const std::function<void(const std::string&)>& note) {
    const LoaderSettings judging = asJudging(setup.reading);
    setup.trainFeed.reset();
    setup.validationFeed.reset();
    if (features) {
        Result<FeatureSets> sets = featureSets(*setup.module, setup.dataset, setup.reading, setup.step.bf16,
                                               setup.store->home(), std::move(stop), setup.ranks);
        if (!sets)
            return sets.error();
        note(sets->note);
        const bool validates = !sets->validation.indices.empty();
        setup.trainFeed = featureFeed(setup.dataset, std::move(sets->training), setup.reading);
        if (validates)
            setup.validationFeed = featureFeed(setup.dataset, std::move(sets->validation), judging);
        return {};
    }
    setup.trainFeed = imageFeed(setup.dataset, setup.dataset.indices(Subset::Train), setup.reading);
    std::vector<std::uint32_t> validation = setup.dataset.indices(Subset::Validation);
    if (validation.empty())
        return {};
    std::erase_if(validation, [&](std::uint32_t index) { return setup.dataset.samples[index].label < 0; });
    setup.validationFeed = imageFeed(setup.dataset, std::move(validation), judging);
    return {};
}

} // namespace sightline::engine
