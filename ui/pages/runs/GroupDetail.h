// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <optional>

#include "bridge/ExportDesk.h"
#include "bridge/Session.h"
#include "lane/Lane.h"
#include "metrics/Evaluation.h"
#include "report/GroupTable.h"

class QLabel;
class QPushButton;
class QTableView;

namespace sightline::ui {

class Table;

/// The runs of a group line by line, as its text would print them: folds with mean and spread, a table of experiments.
/// The trials of a search have a page of their own.
class GroupDetail : public QWidget {
    Q_OBJECT
public:
    GroupDetail(Session& session, ExportDesk& exports, QWidget* parent = nullptr);

    /// Reads it again also where it is the same: its runs may have gone on.
    void setGroup(const RunGroup& group);
    void showState(); ///< of the buttons

Q_SIGNALS:
    void runChosen(const QString& id); ///< a double click, or Return
    void resumed();
    void searchAsked(); ///< the group's search is the one in view now
    void said(const QString& message, bool good);

private:
    /// What a lane brings.
    struct Contents {
        GroupTable table;
        std::optional<Evaluation> outOfFold; ///< of folds that are all trained
    };
    static Result<Contents> contentsOf(const std::filesystem::path& home, const RunGroup& group);
    void read();
    void show();
    QString outOfFoldWords() const;
    void exportTable();
    void exportReport();

    Session& m_session;
    ExportDesk& m_exports;
    RunGroup m_group;
    std::optional<GroupTable> m_table; ///< of m_group, once it is read
    std::optional<Evaluation> m_outOfFold;
    QLabel *m_title, *m_words, *m_folds;
    Table* m_rows;
    QTableView* m_view;
    QPushButton *m_resume, *m_export, *m_report, *m_search;
    Lane m_lane; ///< last: joined first
};

} // namespace sightline::ui
