// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/RunSettings.h"

#include <QLabel>
#include <QScrollArea>

#include "bridge/Session.h"
#include "pages/FieldPlaces.h"
#include "pages/explain/SettingsDifference.h"
#include "pages/train/RunEditBar.h"
#include "pages/train/TrainFields.h"
#include "pages/train/TrialBar.h"
#include "widgets/SettingsForm.h"

namespace sightline::ui {

RunSettings::RunSettings(Session& session, QWidget* parent) : Surface(tr("Settings"), parent) {
    setFixedWidth(348);
    m_problems = named(new QLabel, "otherProblems");
    m_problems->setWordWrap(true);
    m_problems->setTextFormat(Qt::RichText);
    connect(m_problems, &QLabel::linkActivated, this, &RunSettings::pageRequested);
    m_form = named(new SettingsForm, "trainForm");
    addTrainFields(*m_form);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* room = new QWidget;
    auto* column = new QVBoxLayout(room);
    column->setContentsMargins(0, 0, theme::kGrid, 0);
    column->addWidget(m_form);
    column->addStretch(1);
    scroll->setWidget(room);
    body()->addWidget(new TrialBar(session));
    body()->addWidget(m_problems);
    body()->addWidget(new RunEditBar(session, QStringLiteral("train")));
    body()->addWidget(scroll, 1);
    connect(m_form, &SettingsForm::problemsShown, this, &RunSettings::showProblems);
    showProblems();
}

void RunSettings::showProblems() {
    QStringList lines;
    for (const Problem& problem : m_form->otherProblems())
        lines << QStringLiteral("<a href='%1' style='color:%2'>%3</a>")
                     .arg(pageOfField(problem.path), theme::color(Role::Bad).name(),
                          problemWords(problem).toHtmlEscaped());
    m_problems->setText(lines.join(QStringLiteral("<br>")));
    m_problems->setVisible(!lines.isEmpty());
}

} // namespace sightline::ui
