// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include "bridge/ExportDesk.h"
#include "store/RunSummary.h"

class QMenu;
class QPushButton;

namespace sightline::ui {

/// Behind a button: what a run can be saved as for other programs and for readers.
class ExportMenu : public QObject {
    Q_OBJECT
public:
    ExportMenu(ExportDesk& desk, QPushButton& button);
    void setRun(const RunSummary& run);

private:
    void add(const QString& words, const char* name, bool needsHistory, void (ExportMenu::*chosen)());
    void show();
    void addNetwork(const QString& words, const char* name, NetworkFormat format, const QString& ending,
                    const QString& filter);
    QString fileFor(const QString& title, const QString& ending, const QString& filter) const;
    void saveReport();
    void saveHub();
    void saveCurves();
    void saveTensorBoard();

    ExportDesk& m_desk;
    QPushButton& m_button;
    QMenu* m_menu;
    RunSummary m_run;
};

} // namespace sightline::ui
