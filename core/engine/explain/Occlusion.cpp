// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include "engine/explain/SameTarget.h"

namespace sightline::engine {

Result<OccludedHeatMap> answer(const Asked& asked, const OcclusionQuestion& question, const Asking& asking) {
    if (!question.mask.empty() && question.mask.channels != 1)
        return badInput("The mask of what is painted over must have one channel.");
    if (question.of.image.empty())
        return badInput("There is no image to paint over.");
    HeatMapQuestion whole = question.of;
    whole.image = preparedImage(asked.model(), question.of.image);
    auto before = answer(asked, whole, asking);
    if (!before)
        return before.error();
    const auto target = targetOf(asked, whole, *before);
    if (!target)
        return target.error();
    OccludedHeatMap occluded;
    HeatMapQuestion rest = withTarget(whole, *target, *before);
    rest.image = painted(whole.image, question.mask, question.paint, whole.seed);
    occluded.painted = rest.image;
    auto after = answer(asked, rest, asking);
    if (!after)
        return after.error();
    occluded.before = std::move(*before);
    occluded.after = std::move(*after);
    return occluded;
}

} // namespace sightline::engine
