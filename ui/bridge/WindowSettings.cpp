// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/WindowSettings.h"

namespace sightline::ui {

QSettings windowSettings(const Session& session) {
    return windowSettings(session.home());
}

QSettings windowSettings(const std::filesystem::path& home) {
    return QSettings(QString::fromStdString((home / "window.ini").string()), QSettings::IniFormat);
}

} // namespace sightline::ui
