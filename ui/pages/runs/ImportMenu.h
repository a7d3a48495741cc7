// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QMenu;
class QPushButton;

namespace sightline::ui {

class RunList;

/// Behind a button: networks that were trained elsewhere, from a file, from a folder, with class names of their own.
class ImportMenu : public QObject {
    Q_OBJECT
public:
    ImportMenu(RunList& runs, QPushButton& button);

private:
    void add(const QString& words, const char* name, void (ImportMenu::*chosen)());
    QString networkFile() const;
    void importFile();
    void importFolder();
    void importWithLabels();
    void askNormalization(const QString& network, const QString& labels);

    RunList& m_runs;
    QPushButton& m_button;
    QMenu* m_menu;
};

} // namespace sightline::ui
