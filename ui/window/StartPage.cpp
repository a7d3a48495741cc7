// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/StartPage.h"

#include <QCommandLinkButton>
#include <QFileInfo>
#include <QMenu>
#include <QToolButton>

#include "experiment/PresetTables.h"
#include "experiment/Presets.h"
#include "look/Icons.h"
#include "support/Json.h"
#include "widgets/Surface.h"

namespace sightline::ui {

namespace {
QCommandLinkButton* offer(const char* name, const QString& icon, const QString& title, const QString& words) {
    auto* made = new QCommandLinkButton(title, words);
    made->setObjectName(QLatin1String(name));
    made->setAccessibleName(title);
    made->setIcon(theme::icon(icon, Role::Accent));
    made->setIconSize({32, 32});
    made->setCursor(Qt::PointingHandCursor);
    return made;
}
} // namespace

StartPage::StartPage(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("startPage"));
    auto* outer = new QVBoxLayout(this);
    outer->addStretch(2);
    auto* centre = new QHBoxLayout;
    centre->addStretch(1);
    auto* column = new QVBoxLayout;
    column->setSpacing(theme::kGrid);
    auto* title = new QLabel(tr("Train an image classifier, then ask it where it looks"));
    title->setFont(theme::font(theme::Size::Hero, true));
    auto* words = new QLabel(
        tr("All you need is a folder of images with one subfolder per class. Everything stays on this machine."));
    words->setProperty("muted", true);
    column->addWidget(title);
    column->addWidget(words);
    column->addSpacing(2 * theme::kGrid);
    auto* folder = offer("startOpenFolder", QStringLiteral("folder-open"), tr("Open a folder of images"),
                         tr("One subfolder per class, with or without train, val and test. Or drop it here."));
    auto* file =
        offer("startOpenFile", QStringLiteral("document-open"), tr("Open an archive or a table"),
              tr("A .zip or .tar of such folders, a .csv of paths and labels, or MNIST or CIFAR files, as they are."));
    auto* toys = offer("startToys", QStringLiteral("games-hint"), tr("Try it with the toy set"),
                       tr("Five kinds of toys, drawn on the spot: two minutes to your first heat map."));
    auto* run = offer("startOpenRun", QStringLiteral("view-history"), tr("Open a run"),
                      tr("Look at what was trained here, or resume a run that stopped."));
    connect(folder, &QAbstractButton::clicked, this, &StartPage::openFolderAsked);
    connect(file, &QAbstractButton::clicked, this, &StartPage::openFileAsked);
    connect(toys, &QAbstractButton::clicked, this, &StartPage::toysAsked);
    connect(run, &QAbstractButton::clicked, this, &StartPage::openRunAsked);
    auto* preset = offer("startPreset", QStringLiteral("view-list-details"), tr("Reproduce a published experiment"),
                         tr("Network, augmentation and training as published; you choose the images."));
    preset->setMenu(makePresetMenu());
    for (auto* button : {folder, file, toys, run, preset})
        column->addWidget(button);
    m_recent = new QWidget;
    new QVBoxLayout(m_recent);
    m_recent->layout()->setContentsMargins(0, 2 * theme::kGrid, 0, 0);
    m_recent->layout()->setSpacing(0);
    column->addWidget(m_recent);
    centre->addLayout(column);
    centre->addStretch(1);
    outer->addLayout(centre);
    outer->addStretch(3);
}

QMenu* StartPage::makePresetMenu() {
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("presetMenu"));
    menu->setToolTipsVisible(true);
    QString family; // "toy" of "toy-robot-baseline"
    for (const Preset& preset : presets()) {
        const auto json = parseJson(preset.json, preset.name);
        if (!json)
            continue;
        const QString name = QString::fromStdString(preset.name);
        const QString mine = name.section(QLatin1Char('-'), 0, 0);
        if (!family.isEmpty() && mine != family)
            menu->addSeparator();
        family = mine;
        QAction* action = menu->addAction(QString::fromStdString(json->value("name", preset.name)));
        action->setObjectName(name);
        action->setToolTip(QString::fromStdString(preset.about));
        connect(action, &QAction::triggered, this, [this, name] { Q_EMIT presetAsked(name); });
    }
    menu->addSeparator();
    for (const PresetTable& table : presetTables()) {
        const QString name = QString::fromStdString(table.name);
        QAction* action = menu->addAction(tr("Run all of these: %1").arg(QString::fromStdString(table.title)));
        action->setObjectName(QStringLiteral("table ") + name);
        action->setToolTip(tr("Trains one after the other and compares them as the text does"));
        connect(action, &QAction::triggered, this, [this, name] { Q_EMIT tableAsked(name); });
    }
    return menu;
}

void StartPage::setRecent(const QStringList& folders) {
    while (QLayoutItem* item = m_recent->layout()->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    QStringList there;
    for (const QString& folder : folders)
        if (QFileInfo::exists(folder))
            there << folder;
    m_recent->setVisible(!there.isEmpty());
    if (there.isEmpty())
        return;
    m_recent->layout()->addWidget(mutedLabel(tr("Recent")));
    for (const QString& folder : there) {
        auto* link = named(new QToolButton, "recentFolder", folder);
        link->setText(folder);
        link->setIcon(theme::icon(QStringLiteral("folder-open"), Role::Muted));
        link->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        connect(link, &QToolButton::clicked, this, [this, folder] { Q_EMIT recentAsked(folder); });
        m_recent->layout()->addWidget(link);
    }
}

} // namespace sightline::ui
