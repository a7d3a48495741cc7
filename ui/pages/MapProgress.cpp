// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/MapProgress.h"

#include "bridge/Questions.h"
#include "widgets/ProgressBar.h"
#include "widgets/Surface.h"

namespace sightline::ui {

MapProgress::MapProgress(Questions& questions, const char* name, QWidget* parent)
    : QWidget(parent), m_questions(questions) {
    setObjectName(QLatin1String(name));
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins({});
    line->setSpacing(theme::kGrid);
    line->addWidget(mutedLabel(tr("Drawing the heat map")));
    m_bar = new ProgressBar(QByteArray(name) + "Bar", tr("Progress of the heat map"));
    line->addWidget(m_bar, 1);
    auto* cancel = button(tr("Cancel"), QStringLiteral("media-playback-stop"), QByteArray(name) + "Cancel",
                          tr("Keep the heat map that is shown"));
    line->addWidget(cancel);
    connect(cancel, &QPushButton::clicked, &questions, &Questions::cancelExplanation);
    for (const auto signal :
         {&Questions::explanationReady, &Questions::explanationCancelled, &Questions::answerForgotten})
        connect(&questions, signal, this, &MapProgress::follow);
    connect(&questions, &Questions::explanationAsked, this, [this] {
        m_bar->setProgress(0, 0);
        follow();
    });
    connect(&questions, &Questions::explanationFailed, this, &MapProgress::follow);
    connect(&questions, &Questions::explanationProgress, m_bar, &ProgressBar::setProgress);
    follow();
}

void MapProgress::follow() {
    setVisible(m_questions.isExplainingLong());
}

} // namespace sightline::ui
