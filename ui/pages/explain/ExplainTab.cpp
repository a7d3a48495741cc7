// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/ExplainTab.h"

#include <QFileInfo>

#include <algorithm>
#include <cmath>

#include "bridge/WindowSettings.h"
#include "look/Picture.h"
#include "pages/explain/MapControls.h"
#include "support/Version.h"
#include "widgets/Prompts.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
constexpr const char *kOpacity = "explain/opacity", *kThreshold = "explain/threshold", *kColors = "explain/colors";
constexpr int kLastColors = static_cast<int>(ColorMap::Grey);
} // namespace

QStringList colorMapTitles() {
    return {QStringLiteral("Turbo"), QStringLiteral("Jet"), QStringLiteral("Inferno"), QStringLiteral("Viridis"),
            MapLook::tr("Gray")};
}

MapLook::MapLook(const Session& session, QObject* parent) : QObject(parent), m_session(session) {
    const QSettings settings = windowSettings(session);
    m_opacity = std::clamp(settings.value(QLatin1String(kOpacity), m_opacity).toDouble(), 0.0, 1.0);
    m_threshold = std::clamp(settings.value(QLatin1String(kThreshold), m_threshold).toDouble(), 0.0, kMostThreshold);
    m_colors = static_cast<ColorMap>(std::clamp(settings.value(QLatin1String(kColors), 0).toInt(), 0, kLastColors));
}

MapLook::~MapLook() {
    QSettings settings = windowSettings(m_session);
    settings.setValue(QLatin1String(kOpacity), m_opacity);
    settings.setValue(QLatin1String(kThreshold), m_threshold);
    settings.setValue(QLatin1String(kColors), static_cast<int>(m_colors));
}

void MapLook::setOpacity(double opacity) {
    m_opacity = opacity;
    Q_EMIT changed();
}

void MapLook::setThreshold(double threshold) {
    m_threshold = std::clamp(threshold, 0.0, kMostThreshold);
    Q_EMIT changed();
}

void MapLook::setColors(ColorMap colors) {
    m_colors = colors;
    Q_EMIT changed();
}

QString MapLook::words(const HeatMap& map) const {
    const QString colors = map.isSigned ? tr("Both signs") : colorMapTitles().at(static_cast<int>(m_colors));
    const QString said = tr("%1, opacity %2 %").arg(colors).arg(std::lround(100 * m_opacity));
    return m_threshold > 0 ? tr("%1, heat from %2 % of the hottest").arg(said).arg(std::lround(100 * m_threshold))
                           : said;
}

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
    if (m_answer)
        notes.emplace_back(QStringLiteral("Run"), QString::fromStdString(m_answer->run->folder.filename().string()));
    const auto written = saveNotedPng(file, picture, notes);
    Q_EMIT said(written ? tr("Saved %1.").arg(file) : QString::fromStdString(written.error().message), written.ok());
}

} // namespace sightline::ui
