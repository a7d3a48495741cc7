// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "bridge/ExportDesk.h"
#include "bridge/Session.h"
#include "lane/Lane.h"
#include "store/RunSummary.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace sightline::ui {

class ExportMenu;
class ForkMenu;

/// What can be said of one run, and done with it.
class RunDetail : public QWidget {
    Q_OBJECT
public:
    RunDetail(Session& session, ExportDesk& exports, QWidget* parent = nullptr);
    void setRun(const RunSummary& run);
    void refresh(); ///< the same run, where the session has changed

Q_SIGNALS:
    void openRequested();
    void resumeRequested();
    void continueRequested();
    void forked();
    void classifyRequested();
    void renameRequested();
    void starRequested();
    void archiveRequested();
    void deleteRequested();
    void failed(const QString& message);

private:
    void showFacts();
    void look(); ///< for a checkpoint that it can go on from
    void showWhatGoes();
    void keepNote();
    void keepTags();

    Session& m_session;
    RunSummary m_run;
    QLabel *m_title, *m_facts;
    QLineEdit *m_note, *m_tags;
    QPushButton *m_open, *m_resume, *m_continue, *m_fork, *m_classify, *m_export, *m_rename, *m_star, *m_archive,
        *m_delete;
    ForkMenu* m_forkMenu;
    ExportMenu* m_exportMenu;
    bool m_hasCheckpoint = false; ///< as far as it is known
    Lane m_lane;                  ///< last: joined first
};

} // namespace sightline::ui
