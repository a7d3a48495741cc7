// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/evaluate/PairsTab.h"

#include <QHeaderView>
#include <QItemSelectionModel>
#include <QSignalBlocker>
#include <QTableView>

#include "pages/evaluate/EvaluateTables.h"
#include "widgets/Surface.h"
#include "widgets/TableView.h"

namespace sightline::ui {

namespace {
constexpr int kShare = 3, kShareWidth = 120; ///< the column of the bars, pixels
}

PairsTab::PairsTab(QWidget* parent) : EvaluateTab(parent), m_table(new Table(pairColumns(), this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(theme::kGrid);
    m_none = named(mutedLabel(tr("No class was confused with another.")), "noPairs");
    m_view = tableView(m_table, "confusedPairs", tr("Most confused pairs of classes"), true);
    m_view->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch); // both names share what room there is
    m_view->horizontalHeader()->setSectionResizeMode(kShare, QHeaderView::Fixed);
    m_view->setColumnWidth(kShare, kShareWidth);
    column->addWidget(m_none);
    column->addWidget(m_view, 1);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        const QModelIndexList rows = m_view->selectionModel()->selectedRows();
        if (rows.isEmpty())
            return filtered({});
        const ConfusedPair& pair = m_pairs[static_cast<std::size_t>(sourceRow(m_view, rows.first()))];
        Q_EMIT filtered(GalleryFilter::ofCell(*m_evaluation, pair.truth, pair.predicted));
    });
}

void PairsTab::setEvaluation(std::shared_ptr<const Evaluation> evaluation) {
    const QSignalBlocker quiet(this);
    m_evaluation = std::move(evaluation);
    m_pairs = m_evaluation ? confusedPairs(*m_evaluation) : std::vector<ConfusedPair>();
    m_table->setRows(m_evaluation ? pairRows(*m_evaluation, m_pairs) : std::vector<std::vector<Table::Cell>>());
    m_none->setVisible(m_evaluation && m_pairs.empty());
}

void PairsTab::clearChoice() {
    const QSignalBlocker quiet(this);
    m_view->clearSelection();
}

} // namespace sightline::ui
