// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <string>
#include <vector>

#include "bridge/Activities.h"
#include "bridge/EngineDesk.h"
#include "engine/ModelSource.h"
#include "lane/Lane.h"
#include "metrics/ImageMap.h"

namespace sightline::ui {

/// Where each image of a split lies on the map.
struct MappedImages {
    std::vector<std::string> paths; ///< relative to the data root
    std::vector<MapPoint> points;   ///< of each
};

/// Lays the images of a run's split out by what the network knows of them, on a worker; another map replaces the one
/// under way.
class ImageMapper : public QObject {
    Q_OBJECT
public:
    ImageMapper(EngineDoor door, Activities& activities, QObject* parent);

    void map(const ModelSource& source, const std::string& split);
    void cancel();
    bool isMapping() const { return m_work.isUnderWay(); }

Q_SIGNALS:
    void changed(); ///< isMapping()
    void mapped(const sightline::ui::MappedImages& images);
    void failed(const QString& message);

private:
    EngineDoor m_door;
    Activities& m_activities;
    Activity m_work;
    Lane m_lane; ///< last: joined first
};

} // namespace sightline::ui
