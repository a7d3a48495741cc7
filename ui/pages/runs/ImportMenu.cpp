// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/runs/ImportMenu.h"

#include <QMenu>
#include <QPushButton>

#include "bridge/RunList.h"
#include "widgets/Prompts.h"

namespace sightline::ui {

ImportMenu::ImportMenu(RunList& runs, QPushButton& button)
    : QObject(&button), m_runs(runs), m_button(button), m_menu(new QMenu(&button)) {
    m_menu->setObjectName(QStringLiteral("importMenu"));
    add(tr("A file…"), "importFile", &ImportMenu::importFile);
    add(tr("A file, and one with its class names…"), "importWithLabels", &ImportMenu::importWithLabels);
    add(tr("A folder for timm and Hugging Face…"), "importFolder", &ImportMenu::importFolder);
    connect(&button, &QPushButton::clicked, this,
            [this] { m_menu->popup(m_button.mapToGlobal(QPoint(0, m_button.height()))); });
}

void ImportMenu::add(const QString& words, const char* name, void (ImportMenu::*chosen)()) {
    m_menu->addAction(words, this, chosen)->setObjectName(QLatin1String(name));
}

/// Empty: none was chosen.
QString ImportMenu::networkFile() const {
    return prompts().openFile(&m_button, tr("Import a network"), {},
                              tr("Networks (*.onnx *.safetensors);;All files (*)"));
}

void ImportMenu::importFile() {
    if (const QString file = networkFile(); !file.isEmpty())
        m_runs.importFrom(file.toStdString());
}

void ImportMenu::importFolder() {
    const QString folder = prompts().openFolder(&m_button, tr("Folder with config.json and model.safetensors"), {});
    if (!folder.isEmpty())
        m_runs.importFrom(folder.toStdString());
}

void ImportMenu::importWithLabels() {
    const QString file = networkFile();
    if (file.isEmpty())
        return;
    const QString labels = prompts().openFile(&m_button, tr("Class names in the order of the scores"), {},
                                              tr("Class names (*.txt *.json);;All files (*)"));
    if (!labels.isEmpty())
        m_runs.importFrom(file.toStdString(), labels.toStdString());
}

} // namespace sightline::ui
