// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "experiment/RunEdit.h"

namespace sightline::ui {

class Session;

/// Whether what is edited can still change in the run in view.
bool isSteerable(Session& session);

/// The run's settings, with what the document would change in them; pins are applied as they are made.
Experiment wantedOfRun(Session& session);

/// Takes an edit of the run in view back, at its next batch. Where the document's last step made it, that is undone,
/// too, so that redo brings it back. The run answers with RunDesk::editAnswered to `asker`.
void takeBack(Session& session, const RecordedEdit& edit, const QString& asker);

/// As a person expects of Ctrl+Z: the document's last step, and where that step was applied to the run, there as well.
void undoLast(Session& session);

} // namespace sightline::ui
