// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include <chrono>

#include "engine/explain/HeatMapScore.h"
#include "engine/explain/Heats.h"

namespace sightline::engine {

Result<HeatMap> answer(const Asked& asked, const HeatMapQuestion& question, const Asking& asking) {
    const auto begin = std::chrono::steady_clock::now();
    if (question.image.empty())
        return badInput("There is no image to explain.");
    const LoadedModel& model = asked.model();
    const auto layer = heatMapLayer(asked.module(), question.method, question.layer);
    if (!layer)
        return layer.error();
    const HeatsAsked what{asked.module(), model.classes,       question.method, question.target,
                          *layer,         question.logSoftmax, question.seed};
    const Image prepared = preparedImage(model, question.image);
    const auto heats = heatsOf(what, preparedInput(model, prepared), std::span(&question.truth, 1), asking);
    if (!heats)
        return heats.error();
    auto maps = heatMapsFrom(what, *heats, model.height(), model.width());
    if (!maps)
        return maps.error();
    HeatMap map = std::move(maps->front());
    map.input = seenBy(model, prepared);
    map.milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
    return map;
}

} // namespace sightline::engine
