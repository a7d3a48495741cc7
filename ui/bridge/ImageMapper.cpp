// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/ImageMapper.h"

#include <algorithm>

#include "bridge/PlainWords.h"
#include "engine/AskedModel.h"
#include "network/Passes.h"

namespace sightline::ui {

namespace {
/// The last columns: those that the classifier reads, without those of the stages before.
FloatArray readByClassifier(const FloatArray& values, const GraphSpec& graph) {
    const std::string layer = featureNode(graph);
    const Result<GraphCost> cost = shapes(graph);
    std::int64_t width = values.shape.at(1);
    for (std::size_t i = 0; cost && i < graph.nodes.size(); ++i)
        if (graph.nodes[i].id == layer)
            width = std::min(width, cost->nodes[i].output.at(0));
    FloatArray last{{values.shape[0], width}, {}};
    for (std::int64_t row = 0; row < values.shape[0]; ++row) {
        const auto end = values.values.begin() + static_cast<std::ptrdiff_t>((row + 1) * values.shape[1]);
        last.values.insert(last.values.end(), end - static_cast<std::ptrdiff_t>(width), end);
    }
    return last;
}
} // namespace

ImageMapper::ImageMapper(EngineDoor door, Activities& activities, QObject* parent)
    : QObject(parent), m_door(std::move(door)), m_activities(activities) {}

void ImageMapper::map(const ModelSource& source, const std::string& split) {
    m_work = m_activities.begin(tr("Mapping images"), [this] { cancel(); });
    m_lane.submit(
        this,
        [this, source, split](const std::stop_token& stop, const Courier& courier) -> Result<MappedImages> {
            const auto engine = m_door();
            if (!engine)
                return engine.error();
            // The features take the first half of the bar, the layout the second.
            const auto half = [&courier, this](std::size_t from) {
                return [&courier, this, from](std::size_t done, std::size_t total) {
                    courier.post([this, done, total, from] { m_work.setProgress(from * total + done, 2 * total); });
                };
            };
            const auto model = (*engine)->open(source, 0);
            if (!model)
                return model.error();
            auto features = (*model)->ask(FeaturesQuestion{split, {}}, stop, half(0));
            if (!features)
                return features.error();
            auto points = imageMap(readByClassifier(features->values, (*model)->graph()), 0, stop, half(1));
            if (!points)
                return points.error();
            return MappedImages{std::move(features->paths), std::move(*points)};
        },
        [this](const Result<MappedImages>& images) {
            m_work.end();
            Q_EMIT changed();
            if (images)
                Q_EMIT mapped(*images);
            else
                Q_EMIT failed(plainWords(images.error()));
        });
    Q_EMIT changed();
}

void ImageMapper::cancel() {
    if (!isMapping())
        return;
    m_lane.cancel();
    m_work.end();
    Q_EMIT changed();
}

} // namespace sightline::ui
