// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/Continuing.h"

#include "bridge/ExperimentDocument.h"

namespace sightline::ui {

Experiment continued(const Experiment& run, const std::string& id, const Experiment& document) {
    Experiment next = run;
    next.name = run.name + ", continued";
    next.seed = document.seed;
    next.model.weights = id;
    next.data = withImagesOf(run.data, document.data);
    next.data.pixels.channels = run.data.pixels.channels;
    return next;
}

} // namespace sightline::ui
