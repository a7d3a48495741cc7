// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/ForkMenu.h"

#include <QMenu>
#include <QPushButton>

#include "bridge/Session.h"
#include "store/RunFork.h"
#include "widgets/Prompts.h"

namespace sightline::ui {

namespace {

QString wordsOf(const ForkPoint& point) {
    const QString place = point.batch > 0 ? ForkMenu::tr("epoch %1, batch %2").arg(point.epoch + 1).arg(point.batch)
                                          : ForkMenu::tr("epoch %1").arg(point.epoch);
    return point.at == "last"   ? ForkMenu::tr("Last: %1").arg(place)
           : point.at == "best" ? ForkMenu::tr("Best: %1").arg(place)
                                : ForkMenu::tr("Epoch %1").arg(point.epoch);
}

} // namespace

ForkMenu::ForkMenu(Session& session, QPushButton& button)
    : QObject(&button), m_session(session), m_button(button), m_menu(new QMenu(&button)) {
    m_menu->setObjectName(button.objectName() + QStringLiteral(" menu"));
    connect(&button, &QPushButton::clicked, this, &ForkMenu::look);
}

void ForkMenu::look() {
    m_lane.submit(
        this, [folder = m_folder](const std::stop_token&) { return forkPoints(RunFolder(folder)); },
        [this, folder = m_folder](const Result<std::vector<ForkPoint>>& points) {
            if (!points || points->empty()) {
                Q_EMIT failed(tr("This run has no checkpoint that it can be forked from."));
                return;
            }
            m_menu->clear();
            for (const ForkPoint& point : *points) {
                const QString at = QString::fromStdString(point.at);
                QAction* action = m_menu->addAction(wordsOf(point));
                action->setObjectName(m_button.objectName() + QStringLiteral(" ") + at);
                connect(action, &QAction::triggered, this, [this, folder, at] { choose(folder, at); });
            }
            m_menu->popup(m_button.mapToGlobal(QPoint(0, m_button.height())));
        });
}

/// One run trains at a time in this window.
void ForkMenu::choose(const std::filesystem::path& folder, const QString& at) {
    if (m_session.runs().trainsHere() &&
        !prompts().confirm(m_button.window(),
                           tr("A run is in progress. It will be stopped and saved where it is, and can be resumed."),
                           tr("Stop and fork")))
        return;
    m_session.runs().planFork(QString::fromStdString(folder.string()), at);
    Q_EMIT chosen();
}

} // namespace sightline::ui
