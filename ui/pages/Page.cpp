// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/Page.h"

#include <QRegularExpression>

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
    form.setSearchable(tr("Search this setting"));
    connect(&form, &SettingsForm::searchAsked, this, [this](const QString& path, const std::vector<Json>& choices) {
        static const QRegularExpression part(QStringLiteral("[ \\[].*")); // "data.image_size[1]"
        if (m_session.searches().searchFor(QString(path).remove(part).toStdString(), choices))
            Q_EMIT pageRequested(QStringLiteral("search"));
        else
            Q_EMIT said(tr("This setting cannot be searched, at least not while it is off."), false);
    });
    const auto enable = [this, &form] {
        form.setEditable([all = isAllEditable()](const QString& path) { return all || changesInRun(path); },
                         whyFixed());
    };
    connect(&m_session.runs(), &RunDesk::stateChanged, &form, enable);
    connect(&m_session.runs(), &RunDesk::forkChanged, &form, enable);
    enable();
}

bool Page::isAllEditable() const {
    return m_session.runs().isIdle() && !m_session.runs().fork();
}

QString Page::whyFixed() const {
    return m_session.runs().isIdle() ? tr("Fixed: a fork keeps this setting from its parent.")
                                     : tr("Fixed while a run is in progress.");
}

} // namespace sightline::ui
