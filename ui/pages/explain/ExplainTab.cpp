// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/ExplainTab.h"

#include <QFileInfo>

#include "look/Picture.h"
#include "pages/explain/MapControls.h"
#include "support/Version.h"
#include "widgets/Prompts.h"
#include "widgets/Surface.h"

namespace sightline::ui {

ExplainTab::ExplainTab(Session& session, MapLook& look, const QString& title)
    : m_session(session), m_look(look), m_title(title) {}

void ExplainTab::setAnswer(std::shared_ptr<const HeatMapAnswer> answer) {
    if (answer == m_answer)
        return;
    m_answer = std::move(answer);
    follow();
}

QWidget* ExplainTab::makeQuestionLine(const char* name) {
    m_question = button({}, {}, name, tr("Choose class, method, layer and colors on the tab Heat map"));
    m_question->setProperty("link", true);
    connect(m_question, &QPushButton::clicked, this, [this] { Q_EMIT tabRequested(QStringLiteral("mapTab")); });
    return m_question;
}

void ExplainTab::showQuestionLine() {
    const QString words = tr("Heat map: %1").arg(titleOf(session().questions().heatMapSettings().method));
    m_question->setText(words);
    m_question->setAccessibleName(words);
}

void ExplainTab::savePicture(const QImage& picture, const QString& suffix,
                             std::vector<std::pair<QString, QString>> notes) {
    const QString name = m_answer ? QFileInfo(m_answer->title).completeBaseName() + QLatin1Char('-') : QString();
    QString file = prompts().saveFile(this, tr("Save the picture"), name + suffix + QStringLiteral(".png"),
                                      tr("PNG images (*.png)"));
    if (file.isEmpty())
        return;
    if (QFileInfo(file).suffix().isEmpty())
        file += QStringLiteral(".png");
    notes.insert(notes.begin(), {QStringLiteral("Software"), QStringLiteral("Sightline ") + QLatin1String(kVersion)});
    if (m_answer) {
        notes.emplace_back(QStringLiteral("Run"), QString::fromStdString(m_answer->run->folder.filename().string()));
        notes.emplace_back(QStringLiteral("Checkpoint"), m_answer->source.snapshot
                                                             ? QStringLiteral("in training")
                                                             : QString::fromStdString(m_answer->source.checkpoint));
    }
    const auto written = saveNotedPng(file, picture, notes);
    Q_EMIT said(written ? tr("Saved %1.").arg(file) : QString::fromStdString(written.error().message), written.ok());
}

} // namespace sightline::ui
