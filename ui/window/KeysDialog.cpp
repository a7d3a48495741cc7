// SPDX-License-Identifier: GPL-3.0-or-later
#include "window/KeysDialog.h"

#include <QGridLayout>

#include "widgets/Surface.h"

namespace sightline::ui {

KeysDialog::KeysDialog(QWidget* parent) : QDialog(parent) {
    setObjectName(QStringLiteral("keysDialog"));
    setWindowTitle(tr("Keys"));
    const std::initializer_list<std::pair<QString, QString>> keys{
        {QStringLiteral("Ctrl+1 … Ctrl+8"), tr("Data, Augment, Network, Train, Evaluate, Explain, Runs, Search")},
        {QStringLiteral("Ctrl+Return"), tr("Train, pause, resume")},
        {QStringLiteral("Ctrl+O"), tr("Open a folder of images")},
        {QStringLiteral("Ctrl+Shift+O"), tr("Open an archive or a table of images")},
        {QStringLiteral("Ctrl+S"), tr("Save the settings as an experiment file")},
        {QStringLiteral("Ctrl+Z, Ctrl+Shift+Z"), tr("Undo and redo a change of settings or labels")},
        {QStringLiteral("1 … 9, X"), tr("Data, Evaluate: relabel or exclude the selected images")},
        {QStringLiteral("P"),
         tr("Data, Evaluate, Explain: pin an image, to see on Train how the network learns it; or unpin it")},
        {QStringLiteral("R"), tr("Augment: draw again")},
        {QStringLiteral("H"), tr("Evaluate, Explain: show or hide the heat map")},
        {QStringLiteral("Left, Right"),
         tr("Explain and the large view: previous and next image; Runs: close or open a group")},
        {QStringLiteral("Ctrl+PgUp, Ctrl+PgDn"), tr("Explain: previous and next tab")},
        {QStringLiteral("Alt+Left, Alt+Right"),
         tr("Train, Evaluate, Explain: look at the run's checkpoint before, or the next one")},
        {tr("Arrows, Space"), tr("Explain, occlusion: move the brush and paint")},
        {tr("Arrows, Return"), tr("Move through the tiles, the confusion matrix and the map of images, choose")},
        {QStringLiteral("Ctrl+Q"), tr("Quit")},
        {QStringLiteral("?"), tr("This list")},
    };
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid, 3 * theme::kGrid);
    grid->setHorizontalSpacing(3 * theme::kGrid);
    grid->setVerticalSpacing(theme::kGrid);
    int row = 0;
    for (const auto& [key, words] : keys) {
        auto* name = new QLabel(key);
        name->setFont(theme::font(theme::Size::Base, true));
        grid->addWidget(name, row, 0);
        grid->addWidget(new QLabel(words), row++, 1);
    }
}

} // namespace sightline::ui
