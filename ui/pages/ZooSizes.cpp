// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/ZooSizes.h"

#include "augment/Augment.h"
#include "engine/Engine.h"
#include "zoo/Zoo.h"

namespace sightline::ui {

const std::vector<std::optional<std::int64_t>>& ZooSizes::of(const Experiment& experiment, int classes) {
    const DataSettings& data = experiment.data;
    const auto size = outputSize(experiment.augmentation, data.imageHeight, data.imageWidth);
    const std::vector<int> key{size[0], size[1], data.channels(), classes};
    if (key == m_key)
        return m_parameters;
    m_key = key;
    m_parameters.clear();
    for (const ZooEntry& entry : zoo()) {
        const auto graph =
            buildFromZoo(entry.name, ZooRequest{size[0], size[1], data.channels(), classes, Json::object()});
        const auto cost = graph ? shapes(*graph) : Result<GraphCost>(graph.error());
        m_parameters.push_back(cost ? std::optional(cost->parameters) : std::nullopt);
    }
    return m_parameters;
}

} // namespace sightline::ui
