// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSettings>

#include "bridge/Session.h"

namespace sightline::ui {

/// State of the window lives beside the runs, so that two homes do not mix.
QSettings windowSettings(const Session& session);
QSettings windowSettings(const std::filesystem::path& home);

} // namespace sightline::ui
