// SPDX-License-Identifier: GPL-3.0-or-later
#include "prompts/Dialogs.h"

#include <QFileDialog>
#include <QInputDialog>
#include <QMessageBox>
#include <QPushButton>

namespace sightline::ui {

namespace {
constexpr int kGreatestNumber = 1000000;

bool ask(QWidget* parent, const QString& question, const QString& yes) {
    QMessageBox box(QMessageBox::Question, QStringLiteral("Sightline"), question, QMessageBox::Cancel, parent);
    const QPushButton* accept = box.addButton(yes, QMessageBox::AcceptRole);
    box.setDefaultButton(QMessageBox::Cancel);
    box.exec();
    return box.clickedButton() == accept;
}
} // namespace

Prompts dialogs() {
    return {
        [](QWidget* parent, const QString& title, const QString& folder) {
            return QFileDialog::getExistingDirectory(parent, title, folder);
        },
        [](QWidget* parent, const QString& title, const QString& folder, const QString& filter) {
            return QFileDialog::getOpenFileName(parent, title, folder, filter);
        },
        [](QWidget* parent, const QString& title, const QString& file, const QString& filter) {
            return QFileDialog::getSaveFileName(parent, title, file, filter);
        },
        ask,
        [](QWidget* parent, const QString& title, const QString& label, const QString& text) {
            bool accepted = false;
            const QString line = QInputDialog::getText(parent, title, label, QLineEdit::Normal, text, &accepted);
            return accepted ? (line.isNull() ? QString(QLatin1String("")) : line) : QString();
        },
        [](QWidget* parent, const QString& title, const QString& folder, const QString& filter) {
            return QFileDialog::getOpenFileNames(parent, title, folder, filter);
        },
        [](QWidget* parent, const QString& title, const QString& label, int least) {
            bool accepted = false;
            const int number = QInputDialog::getInt(parent, title, label, least, least, kGreatestNumber, 1, &accepted);
            return accepted ? std::optional(number) : std::nullopt;
        },
        [](QWidget* parent, const QString& title, const QString& label, const QStringList& choices) {
            bool accepted = false;
            const QString chosen = QInputDialog::getItem(parent, title, label, choices, 0, false, &accepted);
            return accepted ? std::optional(static_cast<int>(choices.indexOf(chosen))) : std::nullopt;
        },
    };
}

} // namespace sightline::ui
