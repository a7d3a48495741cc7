// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <functional>

#include "engine/Engine.h"
#include "lane/Lane.h"

namespace sightline::ui {

/// How workers come to the engine: loadEngine(), or what a test puts in its place. Called on any thread.
using EngineDoor = std::function<Result<Engine*>()>;

/// Loads the engine once the first frame is painted, and says what computes.
class EngineDesk : public QObject {
    Q_OBJECT
public:
    explicit EngineDesk(EngineDoor door) : m_door(std::move(door)) {}

    void warmUp();                                               ///< on a worker; answers with ready or failed
    const QString& description() const { return m_description; } ///< empty until then
    const EngineDoor& door() const { return m_door; }

Q_SIGNALS:
    void ready(const QString& description);
    void failed(const QString& message);

private:
    EngineDoor m_door;
    QString m_description;
    Lane m_lane;
};

} // namespace sightline::ui
