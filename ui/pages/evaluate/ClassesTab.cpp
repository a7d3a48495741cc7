// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/ClassesTab.h"

#include <QHeaderView>
#include <QItemSelectionModel>
#include <QSignalBlocker>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

#include "look/Theme.h"
#include "pages/evaluate/EvaluateTables.h"
#include "widgets/TableView.h"

namespace sightline::ui {

namespace {
constexpr int kShortName = 56, kLongestName = 200; ///< pixels
}

ClassesTab::ClassesTab(QWidget* parent) : EvaluateTab(parent), m_table(new Table(classColumns(), this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    m_view = tableView(m_table, "classReport", tr("Metrics per class"), true);
    column->addWidget(m_view);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        const QModelIndexList rows = m_view->selectionModel()->selectedRows();
        Q_EMIT filtered(rows.isEmpty() ? GalleryFilter()
                                       : GalleryFilter::ofCell(*m_evaluation, sourceRow(m_view, rows.first()), -1));
    });
}

void ClassesTab::setEvaluation(std::shared_ptr<const Evaluation> evaluation) {
    const QSignalBlocker quiet(this);
    m_evaluation = std::move(evaluation);
    m_table->setRows(m_evaluation ? classRows(*m_evaluation) : std::vector<std::vector<Table::Cell>>());
    makeRoomForNames();
}

/// Long names keep their room, and the figures scroll; short ones share the width.
void ClassesTab::makeRoomForNames() {
    int longest = 0;
    for (const auto& row : m_table->rows())
        longest = std::max(longest, m_view->fontMetrics().horizontalAdvance(row.front().text));
    const bool isLong = longest > kShortName;
    m_view->horizontalHeader()->setSectionResizeMode(0, isLong ? QHeaderView::Interactive : QHeaderView::Stretch);
    if (isLong)
        m_view->horizontalHeader()->resizeSection(0, std::min(longest + 3 * theme::kGrid, kLongestName));
}

void ClassesTab::clearChoice() {
    const QSignalBlocker quiet(this);
    m_view->clearSelection();
}

} // namespace sightline::ui
