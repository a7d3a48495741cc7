// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/runs/RunTable.h"

#include <QCheckBox>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QScopedValueRollback>
#include <QTableView>

#include <algorithm>

#include "look/Words.h"
#include "pages/runs/RunColumns.h"
#include "store/RunFilter.h"
#include "widgets/Prompts.h"
#include "widgets/Surface.h"
#include "widgets/TableView.h"

namespace sightline::ui {

RunTable::RunTable(const QStringList& columns, QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(theme::kGrid);
    auto* row = new QHBoxLayout;
    m_filter = named(new QLineEdit, "runFilter", tr("Find runs"));
    m_filter->setPlaceholderText(tr("Find: words, val_accuracy > .9, learning_rate < 0.001 …"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setToolTip(tr("Words of the name, note, tags, network or images, and comparisons with figures and "
                            "settings (Ctrl+F)"));
    m_archived = named(new QCheckBox(tr("Archived too")), "archivedRuns");
    m_count = named(mutedLabel({}), "runCount");
    m_count->setWordWrap(false);
    row->addWidget(m_filter, 1);
    row->addWidget(m_archived);
    row->addWidget(m_count);
    m_problem = named(new QLabel, "runFilterProblem");
    m_problem->setProperty("bad", true);
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_table = new Table({tr("Name")}, this);
    m_view = tableView(m_table, "runTable", tr("Runs"), true);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->horizontalHeader()->setSectionsMovable(false);
    m_empty = named(new QLabel, "runsEmpty");
    m_empty->setProperty("muted", true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    column->addLayout(row);
    column->addWidget(m_problem);
    column->addWidget(m_view, 1);
    column->addWidget(m_empty, 1);
    connect(m_filter, &QLineEdit::textChanged, this, &RunTable::fill);
    connect(m_archived, &QCheckBox::toggled, this, &RunTable::fill);
    connect(m_view->horizontalHeader(), &QWidget::customContextMenuRequested, this, &RunTable::chooseColumns);
    connect(m_view, &QTableView::activated, this, &RunTable::activated);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        if (!m_filling) {
            rememberSelection();
            Q_EMIT selectionChanged();
        }
    });
    m_view->installEventFilter(this);
    setColumns(columns);
}

bool RunTable::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->matches(QKeySequence::Delete)) {
            Q_EMIT deleteRequested();
            return true;
        }
        if (key->key() == Qt::Key_S && key->modifiers() == Qt::NoModifier) {
            Q_EMIT starRequested();
            return true;
        }
        if (key->matches(QKeySequence::Find)) {
            m_filter->setFocus();
            m_filter->selectAll();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void RunTable::setRuns(const std::vector<RunSummary>& runs) {
    if (!runs.empty() && runs == m_runs)
        return; // nothing moves under the pointer
    m_runs = runs;
    fill();
}

/// What the filter lets through, in rows.
void RunTable::fill() {
    const auto filter = RunFilter::parse(m_filter->text().toStdString());
    m_problem->setVisible(!filter.ok());
    if (!filter) {
        m_problem->setText(QString::fromStdString(filter.error().message));
        return; // the table stays as it was while a comparison is typed
    }
    const QScopedValueRollback filling(m_filling, true);
    m_shown.clear();
    std::vector<std::vector<Table::Cell>> rows;
    for (std::size_t i = 0; i < m_runs.size(); ++i) {
        if (m_runs[i].archived > m_archived->isChecked() || !filter->matches(m_runs[i]))
            continue;
        std::vector<Table::Cell> cells;
        for (const QString& column : m_columns)
            cells.push_back(runCell(m_runs[i], column));
        m_shown.push_back(i);
        rows.push_back(std::move(cells));
    }
    QStringList headings;
    for (const QString& column : m_columns)
        headings << runColumnHeading(column);
    m_table->setColumns(headings, std::move(rows));
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_view->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    const auto all = static_cast<qlonglong>(m_runs.size()), shown = static_cast<qlonglong>(m_shown.size());
    m_count->setText(shown == all ? counted(all, tr("%1 run"), tr("%1 runs"))
                                  : tr("%1 of %2").arg(grouped(shown), grouped(all)));
    m_count->setVisible(all > 0);
    m_view->setVisible(shown > 0);
    m_empty->setVisible(shown == 0);
    m_empty->setText(emptyWords());
    restoreSelection();
    Q_EMIT selectionChanged();
}

QString RunTable::emptyWords() const {
    if (m_runs.empty())
        return tr("No runs yet. Every run is kept here with its settings, curves and weights.");
    return m_filter->text().trimmed().isEmpty() ? tr("All runs are archived.") : tr("No run is like that.");
}

void RunTable::rememberSelection() {
    m_selected.clear();
    for (const RunSummary* run : selected())
        m_selected.push_back(run->folder);
}

/// The runs that were selected, where they are still shown; else the first.
void RunTable::restoreSelection() {
    QItemSelection selection;
    QModelIndex current;
    for (std::size_t row = 0; row < m_shown.size(); ++row) {
        const auto at = std::find(m_selected.begin(), m_selected.end(), m_runs[m_shown[row]].folder);
        if (at == m_selected.end())
            continue;
        for (int i = 0; i < m_view->model()->rowCount(); ++i)
            if (sourceRow(m_view, m_view->model()->index(i, 0)) == static_cast<int>(row)) {
                const QModelIndex index = m_view->model()->index(i, 0);
                selection.select(index, index);
                if (at == m_selected.begin() || !current.isValid())
                    current = index;
            }
    }
    if (!current.isValid() && !m_shown.empty()) {
        selectSourceRow(m_view, 0);
        rememberSelection();
        return;
    }
    m_view->selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
    m_view->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

bool RunTable::select(const std::function<bool(const RunSummary&)>& wanted) {
    const auto row = std::find_if(m_shown.begin(), m_shown.end(), [&](std::size_t run) { return wanted(m_runs[run]); });
    if (row == m_shown.end())
        return false;
    selectSourceRow(m_view, static_cast<int>(row - m_shown.begin()));
    return true;
}

std::vector<const RunSummary*> RunTable::selected() const {
    std::vector<const RunSummary*> runs;
    const QModelIndex current = m_view->currentIndex();
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows()) {
        const int row = sourceRow(m_view, index);
        if (row < 0 || row >= static_cast<int>(m_shown.size()))
            continue;
        const RunSummary* run = &m_runs[m_shown[static_cast<std::size_t>(row)]];
        runs.insert(index.row() == current.row() ? runs.begin() : runs.end(), run);
    }
    return runs;
}

void RunTable::setColumns(const QStringList& columns) {
    m_columns = columns.isEmpty() ? defaultRunColumns() : columns;
    if (m_columns.front() != QLatin1String("name")) {
        m_columns.removeAll(QStringLiteral("name"));
        m_columns.prepend(QStringLiteral("name"));
    }
    fill();
}

void RunTable::chose(const QStringList& columns) {
    setColumns(columns);
    Q_EMIT columnsChanged(m_columns);
}

void RunTable::chooseColumns() {
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("runColumnsMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QStringList offered = defaultRunColumns() + otherRunColumns();
    for (const QString& column : m_columns)
        if (!offered.contains(column))
            offered << column;
    for (const QString& column : offered) {
        if (column == QLatin1String("name"))
            continue;
        QAction* action = menu->addAction(runColumnHeading(column).section(QLatin1Char('|'), 0, 0));
        action->setCheckable(true);
        action->setChecked(m_columns.contains(column));
        connect(action, &QAction::toggled, this, [this, column](bool on) {
            QStringList chosen = m_columns;
            chosen.removeAll(column);
            if (on)
                chosen << column;
            chose(chosen);
        });
    }
    menu->addSeparator();
    connect(menu->addAction(tr("A setting…")), &QAction::triggered, this, [this] {
        const QString path =
            prompts().line(this, tr("Show a setting"), tr("Its name, such as learning_rate"), {}).trimmed();
        if (!path.isEmpty() && !m_columns.contains(path))
            chose(m_columns + QStringList{path});
    });
    connect(menu->addAction(tr("As at the beginning")), &QAction::triggered, this,
            [this] { chose(defaultRunColumns()); });
    menu->popup(QCursor::pos());
}

} // namespace sightline::ui
