// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/ClassesTab.h"

#include <QItemSelectionModel>
#include <QSignalBlocker>
#include <QTableView>
#include <QVBoxLayout>

#include "pages/evaluate/EvaluateTables.h"
#include "widgets/TableView.h"

namespace sightline::ui {

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
}

void ClassesTab::clearChoice() {
    const QSignalBlocker quiet(this);
    m_view->clearSelection();
}

} // namespace sightline::ui
