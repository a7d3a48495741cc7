// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoo/WeightFit.h"

#include "zoo/Zoo.h"

namespace sightline {

Result<WeightFit> fitOf(const std::string& network, const std::vector<TensorSpec>& file, int classes, const Json& options) {
    constexpr int kImagenetClasses = 1000, kMostClasses = 1'000'000;
    ZooRequest request{224, 224, 3, classes > 0 ? classes : kImagenetClasses, options};
    if (const ZooEntry* entry = findInZoo(network))
        request = {entry->defaultHeight, entry->defaultWidth, entry->defaultChannels, request.classes, options};
    for (int attempt = 0;; ++attempt) {
        const Result<GraphSpec> spec = buildFromZoo(network, request);
        if (!spec)
            return spec.error();
        const Result<GraphCost> cost = shapes(*spec);
        if (!cost)
            return cost.error();
        WeightFit fit{matchWeights(*spec, tensorsOf(*spec, *cost), file), request.classes};
        const bool otherClasses = fit.match.missing.empty() && !fit.match.misfits.empty() && !fit.match.misfits.front().found.empty() && !fit.match.misfits.back().found.empty();
        if (!otherClasses || classes > 0 || attempt > 0 || fit.match.misfits.back().found[0] < 1 || fit.match.misfits.back().found[0] > kMostClasses)
            return fit;
        request.classes = static_cast<int>(fit.match.misfits.back().found[0]);
    }
}

} // namespace sightline
