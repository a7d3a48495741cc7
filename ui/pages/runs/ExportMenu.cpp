// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/runs/ExportMenu.h"

#include <QFileInfo>
#include <QMenu>
#include <QPushButton>
#include <QRegularExpression>

#include "widgets/Prompts.h"

namespace sightline::ui {

namespace {
/// The run's name without what no file system takes.
QString fileNameOf(const RunSummary& run) {
    QString name = QString::fromStdString(run.name);
    static const QRegularExpression kForbidden(QStringLiteral("[/\\\\:*?\"<>|\\x00-\\x1f]"));
    name.replace(kForbidden, QStringLiteral("-"));
    while (name.startsWith(QLatin1Char('.')))
        name.remove(0, 1);
    return name.trimmed().isEmpty() ? QString::fromStdString(run.id) : name.trimmed();
}
} // namespace

ExportMenu::ExportMenu(ExportDesk& desk, QPushButton& button)
    : QObject(&button), m_desk(desk), m_button(button), m_menu(new QMenu(&button)) {
    m_menu->setObjectName(QStringLiteral("exportRunMenu"));
    add(tr("Report as a web page…"), "exportReport", false, &ExportMenu::saveReport);
    m_menu->addSeparator();
    addNetwork(tr("Network as ONNX…"), "exportOnnx", NetworkFormat::Onnx, QStringLiteral(".onnx"), tr("ONNX (*.onnx)"));
    addNetwork(tr("Network as TorchScript…"), "exportTorchScript", NetworkFormat::TorchScript, QStringLiteral(".pt"),
               tr("TorchScript (*.pt)"));
    addNetwork(tr("Weights as safetensors…"), "exportWeights", NetworkFormat::Weights, QStringLiteral(".safetensors"),
               tr("Weights (*.safetensors)"));
    add(tr("Folder for timm and Hugging Face…"), "exportHub", false, &ExportMenu::saveHub);
    m_menu->addSeparator();
    add(tr("Curves as CSV…"), "exportCurves", true, &ExportMenu::saveCurves);
    add(tr("Curves for TensorBoard…"), "exportTensorBoard", true, &ExportMenu::saveTensorBoard);
    connect(&button, &QPushButton::clicked, this, &ExportMenu::show);
    connect(&desk, &ExportDesk::changed, this, [this] { setRun(m_run); });
}

void ExportMenu::add(const QString& words, const char* name, bool needsHistory, void (ExportMenu::*chosen)()) {
    QAction* action = m_menu->addAction(words, this, chosen);
    action->setObjectName(QLatin1String(name));
    action->setData(needsHistory);
}

void ExportMenu::addNetwork(const QString& words, const char* name, NetworkFormat format, const QString& ending,
                            const QString& filter) {
    QAction* action = m_menu->addAction(words, this, [this, format, ending, filter] {
        if (const QString file = fileFor(tr("Export the network"), ending, filter); !file.isEmpty())
            m_desk.exportNetwork(m_run.folder, {.format = format, .target = file.toStdString()});
    });
    action->setObjectName(QLatin1String(name));
}

void ExportMenu::setRun(const RunSummary& run) {
    m_run = run;
    const bool busy = m_desk.isBusy();
    m_button.setEnabled(!busy);
    m_button.setToolTip(busy ? tr("Something is being exported; wait for it, or cancel it below.")
                             : tr("Save its network for other programs, its curves, or a report"));
    for (QAction* action : m_menu->actions())
        action->setEnabled(!action->data().toBool() || run.epochs > 0);
}

void ExportMenu::show() {
    m_menu->popup(m_button.mapToGlobal(QPoint(0, m_button.height())));
}

/// Empty: nothing is to be saved.
QString ExportMenu::fileFor(const QString& title, const QString& ending, const QString& filter) const {
    const QString file = prompts().saveFile(&m_button, title, fileNameOf(m_run) + ending, filter);
    return file.isEmpty() || !QFileInfo(file).suffix().isEmpty() ? file : file + ending;
}

void ExportMenu::saveReport() {
    if (const QString file = fileFor(tr("Save a report"), QStringLiteral(".html"), tr("Web page (*.html)"));
        !file.isEmpty())
        m_desk.exportReport(m_run.folder, file);
}

/// A folder of its own in the one that is chosen: what lies there stays.
void ExportMenu::saveHub() {
    const QString folder = prompts().openFolder(&m_button, tr("Folder in which to put the network's own"), {});
    if (folder.isEmpty())
        return;
    const std::filesystem::path target = std::filesystem::path(folder.toStdString()) / fileNameOf(m_run).toStdString();
    m_desk.exportNetwork(m_run.folder, {.format = NetworkFormat::Hub, .target = target});
}

void ExportMenu::saveCurves() {
    if (const QString file = fileFor(tr("Save the curves"), QStringLiteral(".csv"), tr("CSV (*.csv)")); !file.isEmpty())
        m_desk.exportHistory(m_run.folder, file);
}

void ExportMenu::saveTensorBoard() {
    if (const QString folder = prompts().openFolder(&m_button, tr("Folder that TensorBoard shows"), {});
        !folder.isEmpty())
        m_desk.exportTensorBoard(m_run.folder, folder);
}

} // namespace sightline::ui
