// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/WindowSettings.h"

namespace sightline::ui {

QSettings windowSettings(const Session& session) {
    return QSettings(QString::fromStdString((session.home() / "window.ini").string()), QSettings::IniFormat);
}

} // namespace sightline::ui
