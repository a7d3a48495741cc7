// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>

#include "pages/Page.h"

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QTableView;

namespace sightline::ui {

class ForkMenu;
class Table;

/// The runs of the store: open, resume, fork, continue with other images, classify with, rename, note, delete.
class RunsPage : public Page {
    Q_OBJECT
public:
    explicit RunsPage(Session& session, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeList();
    QWidget* makeDetail();
    void show(const std::vector<RunSummary>& runs);
    void sayFailure(const QString& message);
    void lookAgain();
    void showSelected();
    const RunSummary* selected() const;
    void openSelected();
    void resumeSelected();
    void continueSelected();
    void renameSelected();
    void deleteSelected();

    std::vector<RunSummary> m_runs;
    Table* m_table;
    QTableView* m_view;
    QLabel *m_empty, *m_title, *m_facts;
    QLineEdit* m_note;
    QPushButton *m_open, *m_resume, *m_continue, *m_fork, *m_classify, *m_rename, *m_delete;
    ForkMenu* m_forkMenu;
    QString m_selectedFolder;
    QTimer m_look;      ///< for what other programs do
    QString m_saidLast; ///< what failed since the list was last read
};

} // namespace sightline::ui
