// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/train/SeriesMenu.h"

#include <QMenu>
#include <QPushButton>

#include "bridge/Session.h"
#include "experiment/PresetTables.h"
#include "widgets/Prompts.h"

namespace sightline::ui {

namespace {
constexpr int kFewestFolds = 2, kMostFolds = 1000;
const QString kUsualFolds = QStringLiteral("5");
} // namespace

SeriesMenu::SeriesMenu(Session& session, QPushButton& button) : QObject(&button), m_session(session), m_button(button) {
    auto* menu = new QMenu(&button);
    menu->setObjectName(QStringLiteral("seriesMenu"));
    menu->setToolTipsVisible(true);
    QAction* folds = menu->addAction(tr("Cross-validation…"));
    folds->setObjectName(QStringLiteral("trainFolds"));
    folds->setToolTip(tr("Train this experiment several times; each run validates on another part of the images"));
    connect(folds, &QAction::triggered, this, &SeriesMenu::askForFolds);
    for (const PresetTable& table : presetTables()) {
        const QString name = QString::fromStdString(table.name);
        QAction* action = menu->addAction(QString::fromStdString(table.title));
        action->setObjectName(QStringLiteral("trainTable ") + name);
        action->setToolTip(tr("Train all of these published experiments on the open images and compare them"));
        connect(action, &QAction::triggered, this, [this, name] { m_session.series().trainTable(name); });
    }
    button.setMenu(menu);
}

void SeriesMenu::askForFolds() {
    const QString text = prompts().line(m_button.window(), tr("Cross-validation"), tr("Number of folds"), kUsualFolds);
    if (text.trimmed().isEmpty())
        return;
    bool isNumber = false;
    const int folds = text.trimmed().toInt(&isNumber);
    if (!isNumber || folds < kFewestFolds || folds > kMostFolds)
        Q_EMIT failed(tr("“%1” is not a number of folds; enter one from %2 to %3.")
                          .arg(text.trimmed())
                          .arg(kFewestFolds)
                          .arg(kMostFolds));
    else
        m_session.series().trainFolds(folds);
}

} // namespace sightline::ui
