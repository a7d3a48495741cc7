// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>

#include <optional>

#include "bridge/WindowSettings.h"

namespace sightline::ui {

/// Where a person was when the window was closed.
struct Place {
    QString page;                         ///< as MainWindow::showPage takes it; empty at a first start
    std::optional<Experiment> experiment; ///< the settings; none where there were no images, or their folder is gone
    QString run;                          ///< the run in view whose settings these are; empty where there was none
};

/// Keeps sizes and the place.
void keepPlace(QSettings& settings, const QMainWindow& window, Session& session, const QString& page);
/// Gives the window its sizes back and says where it was.
Place restorePlace(QSettings& settings, QMainWindow& window);

} // namespace sightline::ui
