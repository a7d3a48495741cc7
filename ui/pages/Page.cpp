// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/Page.h"

#include "pages/FieldPlaces.h"
#include "widgets/SettingsForm.h"

namespace sightline::ui {

void Page::follow(SettingsForm& form) {
    ExperimentDocument& document = m_session.document();
    const auto show = [&form, &document] { form.showExperiment(document.experiment(), document.problems()); };
    connect(&document, &ExperimentDocument::problemsChanged, &form, show);
    connect(&form, &SettingsForm::edited, &document, [&form, &document](const Experiment& next, const QString& edit) {
        if (!document.setExperiment(next, edit))
            form.showAgain();
    });
    show();
    const auto enable = [this, &form] {
        const bool idle = m_session.runs().isIdle();
        form.setEditable([idle](const QString& path) { return idle || changesInRun(path); }, fixedInRun());
    };
    connect(&m_session.runs(), &RunDesk::stateChanged, &form, enable);
    enable();
}

} // namespace sightline::ui
