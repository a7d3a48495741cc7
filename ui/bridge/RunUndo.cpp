// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/RunUndo.h"

#include "bridge/Session.h"
#include "experiment/EditSettings.h"

namespace sightline::ui {

namespace {

/// Whether undoing the step of the document that is the last takes this edit back, and nothing else of the run.
bool isLastStep(Session& session, const RecordedEdit& edit) {
    const std::optional<Experiment> undone = session.document().undone();
    const Experiment& now = session.runs().progress().experiment;
    const Result<EditedExperiment> before = edited(now, reverseOf(edit.changes));
    return undone && before && changedTo(*undone, now) == before->experiment;
}

} // namespace

bool isSteerable(Session& session) {
    const RunState state = session.runs().state();
    return session.runs().run() && (state == RunState::Running || state == RunState::Paused);
}

Experiment wantedOfRun(Session& session) {
    const Experiment& now = session.runs().progress().experiment;
    Experiment wish = changedTo(session.document().experiment(), now);
    wish.training.probes = now.training.probes;
    return wish;
}

void takeBack(Session& session, const RecordedEdit& edit, const QString& asker) {
    if (isLastStep(session, edit))
        session.document().undo();
    session.runs().edit(reverseOf(edit.changes), asker);
}

void undoLast(Session& session) {
    if (isSteerable(session) && wantedOfRun(session) == session.runs().progress().experiment) {
        const RunProgress& progress = session.runs().progress();
        const std::optional<RecordedEdit> edit = editToUndo(progress.edits, progress.experiment);
        if (edit && isLastStep(session, *edit))
            return takeBack(session, *edit, QStringLiteral("undo"));
    }
    session.document().undo();
}

} // namespace sightline::ui
