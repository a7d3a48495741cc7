// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>

class QWidget;

namespace sightline::ui {

/// The page on which a setting is edited; `path` as in the experiment's JSON ("training.epochs").
QString pageOfField(const std::string& path);
/// Its name for people; the path where it has none.
QString titleOfField(const std::string& path);
/// Whether the setting of this field may change while a run goes on.
bool changesInRun(const QString& field);
/// Unfolds the section a setting is in, scrolls to its control and gives it the focus.
void showField(QWidget& page, const std::string& path);

} // namespace sightline::ui
