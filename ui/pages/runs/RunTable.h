// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <filesystem>
#include <functional>
#include <vector>

#include "store/RunSummary.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QTableView;

namespace sightline::ui {

class Table;

/// The shelf: runs with chosen columns, found by words and comparisons (store/RunFilter.h), any number selected.
class RunTable : public QWidget {
    Q_OBJECT
public:
    explicit RunTable(const QStringList& columns, QWidget* parent = nullptr);

    void setRuns(const std::vector<RunSummary>& runs);
    /// The first run in the list that is like this, alone; false where none is shown.
    bool select(const std::function<bool(const RunSummary&)>& wanted);
    std::vector<const RunSummary*> selected() const; ///< the current one first; until the next setRuns()

Q_SIGNALS:
    void selectionChanged();
    void activated();                                ///< Return, or a double click, on a run
    void deleteRequested();                          ///< the Delete key
    void starRequested();                            ///< the S key
    void columnsChanged(const QStringList& columns); ///< as a person chose them

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fill();
    void chooseColumns();
    void setColumns(const QStringList& columns);
    void chose(const QStringList& columns);
    void rememberSelection();
    void restoreSelection();
    QString emptyWords() const;

    QLineEdit* m_filter;
    QCheckBox* m_archived;
    QLabel *m_count, *m_problem, *m_empty;
    Table* m_table;
    QTableView* m_view;
    std::vector<RunSummary> m_runs;   ///< all
    std::vector<std::size_t> m_shown; ///< of these, in the table's rows
    QStringList m_columns;
    std::vector<std::filesystem::path> m_selected; ///< the current one first
    bool m_filling = false;
};

} // namespace sightline::ui
