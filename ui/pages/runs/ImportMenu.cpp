// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/runs/ImportMenu.h"

#include <QFileInfo>
#include <QMenu>
#include <QPushButton>

#include <array>
#include <string>
#include <utility>

#include "bridge/RunList.h"
#include "widgets/Prompts.h"

namespace sightline::ui {

ImportMenu::ImportMenu(RunList& runs, QPushButton& button)
    : QObject(&button), m_runs(runs), m_button(button), m_menu(new QMenu(&button)) {
    m_menu->setObjectName(QStringLiteral("importMenu"));
    add(tr("A file…"), "importFile", &ImportMenu::importFile);
    add(tr("A file, and one with its class names…"), "importWithLabels", &ImportMenu::importWithLabels);
    add(tr("A folder for timm and Hugging Face…"), "importFolder", &ImportMenu::importFolder);
    connect(&runs, &RunList::normalizationUnsaid, this, &ImportMenu::askNormalization, Qt::QueuedConnection);
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

/// Of a network that does not say it, or not with all values: the wrong one spoils its answers.
void ImportMenu::askNormalization(const QString& network, const QString& labels) {
    const std::array<std::pair<QString, std::string>, 5> presets{{{tr("ImageNet statistics"), "imagenet"},
                                                                  {tr("0 to 1"), "rescale"},
                                                                  {tr("−1 to 1"), "half"},
                                                                  {tr("Caffe: BGR minus means"), "caffe"},
                                                                  {tr("None: 0 to 255"), "none"}}};
    QStringList choices;
    for (const auto& [words, name] : presets)
        choices << words;
    const auto chosen =
        prompts().choice(m_button.window(), tr("Import a network"),
                         tr("%1 does not say, with all values, how its images are normalized. How was it trained?")
                             .arg(QFileInfo(network).fileName()),
                         choices);
    if (chosen)
        m_runs.importFrom(network.toStdString(), labels.toStdString(),
                          presets.at(static_cast<std::size_t>(*chosen)).second);
}

} // namespace sightline::ui
