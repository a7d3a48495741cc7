// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/Page.h"

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
}

} // namespace sightline::ui
