// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <functional>
#include <string>
#include <vector>

#include "pages/runs/EpochFigures.h"
#include "pages/runs/RunRows.h"
#include "store/RunFilter.h"
#include "store/RunSummary.h"

class QCheckBox;
class QKeyEvent;
class QLabel;
class QLineEdit;
class QMouseEvent;
class QTableView;

namespace sightline::ui {

/// The shelf: runs with chosen columns, found by words and comparisons (store/RunFilter.h), any number selected. Forks
/// stand below the run they come from, runs of a group below its row, which opens and closes.
class RunTable : public QWidget {
    Q_OBJECT
public:
    explicit RunTable(const QStringList& columns, QWidget* parent = nullptr);

    void setRuns(const std::vector<RunSummary>& runs);
    /// The first run in the list that is like this, alone; false where none is listed. What it stands below is opened.
    bool select(const std::function<bool(const RunSummary&)>& wanted);
    bool selectGroup(const QString& id); ///< its row, alone; false where it is not listed
    /// The current one first; a group stands for its runs. Until the next setRuns().
    std::vector<const RunSummary*> selected() const;
    const RunGroup* selectedGroup() const; ///< where one row alone is selected, and it is a group's

Q_SIGNALS:
    void selectionChanged();
    void activated();                                ///< Return, or a double click, on a run: a group opens or closes
    void deleteRequested();                          ///< the Delete key
    void starRequested();                            ///< the S key
    void columnsChanged(const QStringList& columns); ///< as a person chose them

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fill();
    void fillInPlace();
    void listRows();
    Table::Cell cell(const std::vector<std::size_t>& runs, bool isGroup, const QString& column) const;
    bool keyPressed(const QKeyEvent& key);
    bool signPressed(const QMouseEvent& press);
    void open(int row, bool open);
    void activate(const QModelIndex& index);
    bool selectRow(const std::string& key);
    void chooseColumns();
    void setColumns(const QStringList& columns);
    void rememberSelection();
    void restoreSelection();
    QString emptyWords() const;

    QLineEdit* m_filter;
    QCheckBox* m_archived;
    QLabel *m_count, *m_problem, *m_empty;
    Table* m_table;
    QTableView* m_view;
    RunFilter m_found;              ///< as the filter last made sense
    std::vector<RunSummary> m_runs; ///< all
    std::vector<RunNode> m_tree;    ///< of those that the filter lets through
    std::vector<RunRow> m_rows;     ///< of the tree, in the table's rows
    OpenRows m_open, m_openFound;   ///< where all are listed, and among what was found
    bool m_finding = false;
    QStringList m_columns;
    std::vector<std::string> m_selected; ///< keys of rows, the current one first
    bool m_filling = false;
    EpochFigures m_figures; ///< last: nothing is told to what is gone
};

} // namespace sightline::ui
