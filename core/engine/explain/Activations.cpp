// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/torch.h>

#include "engine/explain/Answers.h"
#include "engine/explain/Layer.h"

namespace sightline::engine {

Result<Activations> answer(const Asked& asked, const ActivationsQuestion& question, const Asking& asking) {
    if (question.image.empty())
        return badInput("There is no image to look at.");
    const Result<Layer> layer = namedLayer(asked.module(), question.layer);
    if (!layer)
        return layer.error();
    const Result<Trunk> trunk = Trunk::of(asked.module(), *layer);
    if (!trunk)
        return trunk.error();
    const Image prepared = preparedImage(asked.model(), question.image);
    const torch::Tensor input = preparedInput(asked.model(), prepared);
    if (asking.isStopped())
        return cancelled();
    torch::NoGradGuard noGradients;
    const torch::Tensor values = trunk->values(input)[0];
    return Activations{layer->id, toArray(values), seenBy(asked.model(), prepared)};
}

} // namespace sightline::engine
