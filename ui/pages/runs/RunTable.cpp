// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/runs/RunTable.h"

#include <QCheckBox>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMouseEvent>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QTableView>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "look/Words.h"
#include "pages/runs/RunColumns.h"
#include "pages/runs/RunColumnsMenu.h"
#include "widgets/Surface.h"
#include "widgets/TableView.h"

namespace sightline::ui {

namespace {
constexpr int kSignRoom = 28; ///< where a click opens and closes, from the left of the row's words
}

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
    m_view = tableView(m_table, "runTable", tr("Runs"), false); // sorted here: what belongs together stays together
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->horizontalHeader()->setSectionsMovable(false);
    m_view->horizontalHeader()->setSortIndicatorShown(true);
    m_view->horizontalHeader()->setSortIndicatorClearable(true);
    m_view->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_empty = named(new QLabel, "runsEmpty");
    m_empty->setProperty("muted", true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    column->addLayout(row);
    column->addWidget(m_problem);
    column->addWidget(m_view, 1);
    column->addWidget(m_empty, 1);
    connect(m_filter, &QLineEdit::textChanged, this, [this] {
        m_openFound.clear();
        fill();
    });
    connect(m_archived, &QCheckBox::toggled, this, &RunTable::fill);
    connect(m_view->horizontalHeader(), &QWidget::customContextMenuRequested, this, &RunTable::chooseColumns);
    connect(m_view->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, [this] {
        if (!m_filling)
            fill();
    });
    connect(m_view, &QTableView::activated, this, &RunTable::activate);
    connect(&m_figures, &EpochFigures::changed, this, &RunTable::fillInPlace);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        if (!m_filling) {
            rememberSelection();
            Q_EMIT selectionChanged();
        }
    });
    m_view->installEventFilter(this);
    m_view->viewport()->installEventFilter(this);
    setColumns(columns);
}

bool RunTable::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_view && event->type() == QEvent::KeyPress && keyPressed(*static_cast<QKeyEvent*>(event)))
        return true;
    const bool isPress = event->type() == QEvent::MouseButtonPress || event->type() == QEvent::MouseButtonDblClick;
    if (watched == m_view->viewport() && isPress && signPressed(*static_cast<QMouseEvent*>(event)))
        return true;
    return QWidget::eventFilter(watched, event);
}

bool RunTable::keyPressed(const QKeyEvent& key) {
    const int row = sourceRow(m_view, m_view->currentIndex());
    const RunRow* on = row < 0 ? nullptr : &m_rows[static_cast<std::size_t>(row)];
    const bool opens = key.key() == Qt::Key_Right, closes = key.key() == Qt::Key_Left;
    if (key.matches(QKeySequence::Delete)) {
        Q_EMIT deleteRequested();
    } else if (key.key() == Qt::Key_S && key.modifiers() == Qt::NoModifier) {
        Q_EMIT starRequested();
    } else if (key.matches(QKeySequence::Find)) {
        m_filter->setFocus();
        m_filter->selectAll();
    } else if (on && on->holdsRows && ((opens && !on->isOpen) || (closes && on->isOpen))) {
        open(row, opens);
    } else if (on && closes && on->depth > 0) { // to what it stands below
        int above = row;
        while (m_rows[static_cast<std::size_t>(above)].depth >= on->depth)
            --above;
        selectSourceRow(m_view, above);
    } else {
        return false;
    }
    return true;
}

/// A click on the sign before the words opens or closes, and selects nothing.
bool RunTable::signPressed(const QMouseEvent& press) {
    const QModelIndex index = m_view->indexAt(press.position().toPoint());
    const int row = sourceRow(m_view, index);
    if (press.button() != Qt::LeftButton || row < 0 || index.column() != 0)
        return false;
    const RunRow& on = m_rows[static_cast<std::size_t>(row)];
    const int left = m_view->visualRect(index).left() + m_view->fontMetrics().horizontalAdvance(rowAir(on));
    if (!on.holdsRows || press.position().x() < left || press.position().x() > left + kSignRoom)
        return false;
    open(row, !on.isOpen);
    return true;
}

void RunTable::open(int row, bool open) {
    const RunRow& on = m_rows[static_cast<std::size_t>(row)];
    const int current = sourceRow(m_view, m_view->currentIndex());
    int end = row + 1; // of what stands below it
    while (end < static_cast<int>(m_rows.size()) && m_rows[static_cast<std::size_t>(end)].depth > on.depth)
        ++end;
    if (!open && current > row && current < end)
        m_selected = {on.key};
    (m_finding ? m_openFound : m_open).set(on.key, open);
    fillInPlace();
}

void RunTable::activate(const QModelIndex& index) {
    const int row = sourceRow(m_view, index);
    if (row < 0)
        return;
    if (const RunRow& on = m_rows[static_cast<std::size_t>(row)]; on.isGroup)
        open(row, !on.isOpen);
    else
        Q_EMIT activated();
}

void RunTable::setRuns(const std::vector<RunSummary>& runs) {
    if (!runs.empty() && runs == m_runs)
        return; // nothing moves under the pointer
    m_runs = runs;
    m_figures.ask(m_runs, m_columns);
    fillInPlace();
}

/// What is in view stays there.
void RunTable::fillInPlace() {
    const int top = m_view->verticalScrollBar()->value();
    fill();
    m_view->verticalScrollBar()->setValue(top);
}

Table::Cell RunTable::cell(const std::vector<std::size_t>& runs, bool isGroup, const QString& column) const {
    if (!isGroup)
        return runCell(m_runs[runs.front()], column, m_figures);
    std::vector<const RunSummary*> members;
    for (const std::size_t run : runs)
        members.push_back(&m_runs[run]);
    return groupCell(members, column, m_figures);
}

/// What the filter lets through, as a tree in the order asked for, and what of it is in view.
void RunTable::listRows() {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < m_runs.size(); ++i)
        if (m_runs[i].archived <= m_archived->isChecked() && m_found.matches(m_runs[i]))
            places.push_back(i);
    m_tree = runTree(m_runs, places);
    const int column = m_view->horizontalHeader()->sortIndicatorSection();
    if (column >= 0 && column < m_columns.size())
        sortTree(
            m_tree, [&](const RunNode& node) { return cell(runsOf(node), !node.run, m_columns[column]); },
            m_view->horizontalHeader()->sortIndicatorOrder() == Qt::DescendingOrder);
    m_finding = !m_found.empty();
    m_rows = rowsOf(m_tree, m_finding ? m_openFound : m_open, m_finding);
    const auto all = static_cast<qlonglong>(m_runs.size()), shown = static_cast<qlonglong>(places.size());
    m_count->setText(shown == all ? counted(all, tr("%1 run"), tr("%1 runs"))
                                  : tr("%1 of %2").arg(grouped(shown), grouped(all)));
    m_count->setVisible(all > 0);
}

/// What the filter lets through, in rows.
void RunTable::fill() {
    const auto filter = RunFilter::parse(m_filter->text().toStdString());
    m_problem->setVisible(!filter.ok());
    if (filter)
        m_found = *filter; // else what was found stays while a comparison is typed
    else
        m_problem->setText(QString::fromStdString(filter.error().message));
    const QScopedValueRollback filling(m_filling, true);
    listRows();
    std::vector<std::vector<Table::Cell>> rows;
    for (const RunRow& row : m_rows) {
        std::vector<Table::Cell> cells;
        for (const QString& column : m_columns)
            cells.push_back(cell(row.runs, row.isGroup, column));
        cells.front().text.prepend(rowSign(row));
        rows.push_back(std::move(cells));
    }
    QStringList headings;
    for (const QString& column : m_columns)
        headings << runColumnHeading(column);
    m_table->setColumns(headings, std::move(rows));
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_view->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_view->setVisible(!m_rows.empty());
    m_empty->setVisible(m_rows.empty());
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
    const int current = sourceRow(m_view, m_view->currentIndex());
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows())
        if (const int row = sourceRow(m_view, index); row >= 0 && row < static_cast<int>(m_rows.size()))
            m_selected.insert(row == current ? m_selected.begin() : m_selected.end(),
                              m_rows[static_cast<std::size_t>(row)].key);
}

/// The rows that were selected, where they are still in view; else the first.
void RunTable::restoreSelection() {
    std::unordered_map<std::string, int> rows;
    for (std::size_t row = 0; row < m_rows.size(); ++row)
        rows.emplace(m_rows[row].key, static_cast<int>(row));
    QItemSelection selection;
    QModelIndex current;
    for (const std::string& key : m_selected)
        if (const auto found = rows.find(key); found != rows.end()) {
            const QModelIndex index = m_view->model()->index(found->second, 0);
            selection.select(index, index);
            if (!current.isValid())
                current = index;
        }
    if (!current.isValid() && !m_rows.empty()) {
        selectSourceRow(m_view, 0);
        rememberSelection();
        return;
    }
    m_view->selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
    m_view->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

bool RunTable::select(const std::function<bool(const RunSummary&)>& wanted) {
    std::vector<std::string> above;
    std::string key;
    if (!pathTo(
            m_tree,
            [&](std::size_t run) {
                key = m_runs[run].id;
                return wanted(m_runs[run]);
            },
            above))
        return false;
    for (const std::string& each : above)
        (m_finding ? m_openFound : m_open).set(each, true);
    fill();
    return selectRow(key);
}

bool RunTable::selectGroup(const QString& id) {
    return selectRow(id.toStdString());
}

bool RunTable::selectRow(const std::string& key) {
    const auto row = std::find_if(m_rows.begin(), m_rows.end(), [&](const RunRow& each) { return each.key == key; });
    if (row == m_rows.end())
        return false;
    selectSourceRow(m_view, static_cast<int>(row - m_rows.begin()));
    return true;
}

std::vector<const RunSummary*> RunTable::selected() const {
    std::vector<const RunSummary*> runs, current;
    const int currentRow = sourceRow(m_view, m_view->currentIndex());
    for (const QModelIndex& index : m_view->selectionModel()->selectedRows()) {
        const int row = sourceRow(m_view, index);
        if (row < 0 || row >= static_cast<int>(m_rows.size()))
            continue;
        for (const std::size_t run : m_rows[static_cast<std::size_t>(row)].runs)
            (row == currentRow ? current : runs).push_back(&m_runs[run]);
    }
    std::unordered_set<const RunSummary*> seen; // a group and one of its runs may both be selected
    current.insert(current.end(), runs.begin(), runs.end());
    std::erase_if(current, [&](const RunSummary* run) { return !seen.insert(run).second; });
    return current;
}

const RunGroup* RunTable::selectedGroup() const {
    const QModelIndexList rows = m_view->selectionModel()->selectedRows();
    const int row = rows.size() == 1 ? sourceRow(m_view, rows.front()) : -1;
    if (row < 0 || row >= static_cast<int>(m_rows.size()) || !m_rows[static_cast<std::size_t>(row)].isGroup)
        return nullptr;
    return &*m_runs[m_rows[static_cast<std::size_t>(row)].runs.front()].group;
}

void RunTable::setColumns(const QStringList& columns) {
    m_columns = columns.isEmpty() ? defaultRunColumns() : columns;
    if (m_columns.front() != QLatin1String("name")) {
        m_columns.removeAll(QStringLiteral("name"));
        m_columns.prepend(QStringLiteral("name"));
    }
    m_figures.ask(m_runs, m_columns);
    fill();
}

void RunTable::chooseColumns() {
    auto* menu = new RunColumnsMenu(m_columns, this);
    connect(menu, &RunColumnsMenu::chosen, this, [this](const QStringList& columns) {
        m_view->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder); // its column may be another one now
        setColumns(columns);
        Q_EMIT columnsChanged(m_columns);
    });
    menu->popup(QCursor::pos());
}

} // namespace sightline::ui
