// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/FindRate.h"

#include <torch/types.h>

#include <cmath>

#include "engine/RateSuggestion.h"
#include "engine/train/PrepareTraining.h"
#include "engine/train/Trial.h"

namespace sightline::engine {

namespace {

constexpr double kDiverged = 4; ///< times the best smoothed loss

Result<RateCurve> curveOf(const RateFindRequest& request, const std::stop_token& stop,
                          const std::function<void(double)>& progress) {
    TrainSetup setup;
    if (const Result<void> ready = prepareTrial({request.experiment, *request.dataset, request.home}, stop, setup);
        !ready)
        return ready.error();
    Trial trial(setup);
    RateCurve curve;
    SmoothedLoss smoothed;
    double best = 0;
    for (int i = 0; i < request.batches; ++i) {
        const double share = request.batches > 1 ? static_cast<double>(i) / (request.batches - 1) : 0;
        const double rate = request.lowest * std::pow(request.highest / request.lowest, share);
        const Result<LoopBatch> batch = trial.step(rate, stop);
        if (!batch)
            return batch.error();
        if (!std::isfinite(batch->loss))
            break;
        const double loss = smoothed.add(batch->loss);
        curve.rates.push_back(rate);
        curve.losses.push_back(loss);
        best = i == 0 ? loss : std::min(best, loss);
        if (loss > kDiverged * best)
            break;
        if (progress && i + 1 < request.batches)
            progress(static_cast<double>(i + 1) / request.batches);
    }
    if (progress)
        progress(1);
    curve.suggestion = suggestRates(curve.rates, curve.losses);
    return curve;
}

} // namespace

Result<RateCurve> findRate(const RateFindRequest& request, std::stop_token stop,
                           const std::function<void(double)>& progress) {
    if (!request.dataset)
        return badInput("There are no images to try learning rates with; open a folder first.");
    if (!(request.lowest > 0 && request.lowest < request.highest && request.batches > 1))
        return badInput("Learning rates are tried from a low one above 0 to a higher one, over two batches or more.");
    return tried("The learning rates could not be tried: ", [&] { return curveOf(request, stop, progress); });
}

} // namespace sightline::engine
