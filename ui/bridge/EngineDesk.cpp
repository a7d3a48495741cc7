// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/EngineDesk.h"

namespace sightline::ui {

void EngineDesk::warmUp() {
    m_lane.submit(
        this,
        [door = m_door](const std::stop_token&) -> Result<std::string> {
            const auto engine = door();
            return engine ? Result<std::string>((*engine)->description()) : engine.error();
        },
        [this](const Result<std::string>& loaded) {
            m_description = QString::fromStdString(loaded ? *loaded : loaded.error().message);
            if (loaded)
                Q_EMIT ready(m_description);
            else
                Q_EMIT failed(m_description);
        });
}

} // namespace sightline::ui
