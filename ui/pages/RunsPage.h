// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>

#include "bridge/ExportDesk.h"
#include "lane/Lane.h"
#include "pages/Page.h"

class QStackedWidget;
class QTabBar;

namespace sightline::ui {

class GroupDetail;
class RunDetail;
class RunTable;
class SeveralRuns;

/// The shelf of runs: find, open, resume, fork, continue with other images, classify with, compare, tag, star, archive,
/// delete.
class RunsPage : public Page {
    Q_OBJECT
public:
    explicit RunsPage(Session& session, QWidget* parent = nullptr);

    /// Shows the group's table beside one of its runs, once they are listed.
    void showGroup(const QString& id);

Q_SIGNALS:
    /// Asks the window to show what two runs make of the same images.
    void compareRequested(const QString& firstFolder, const QString& secondFolder);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeSide();
    void show(const std::vector<RunSummary>& runs);
    void sayFailure(const QString& message);
    void lookAgain();
    void showSelected();
    void openSelected();
    void resumeSelected();
    void continueSelected();
    void classifySelected();
    void compareImages();
    void renameSelected();
    void starSelected();
    void archiveSelected();
    void deleteSelected();
    void askToDelete(const std::vector<std::filesystem::path>& folders, const QString& name, std::uintmax_t bytes);
    std::vector<std::filesystem::path> selectedFolders() const;

    ExportDesk m_exports;
    RunTable* m_table;
    QStackedWidget* m_side; ///< of one run, or of several
    QTabBar* m_ways;        ///< of one run: itself, or its group
    RunDetail* m_one;
    GroupDetail* m_group;
    SeveralRuns* m_several;
    QTimer m_look; ///< for what other programs do
    QString m_wantedGroup;
    QString m_saidLast; ///< what failed since the list was last read
    Lane m_sizes;       ///< last: joined first
};

} // namespace sightline::ui
