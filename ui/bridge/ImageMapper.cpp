// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/ImageMapper.h"

#include "engine/AskedModel.h"

namespace sightline::ui {

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
            auto features = sightline::ask(**engine, source, FeaturesQuestion{split, {}}, stop, half(0));
            if (!features)
                return features.error();
            auto points = imageMap(features->values, 0, stop, half(1));
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
                Q_EMIT failed(QString::fromStdString(images.error().message));
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
