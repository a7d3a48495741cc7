// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/TableView.h"

#include <QHeaderView>
#include <QSortFilterProxyModel>

#include "delegates/BarDelegate.h"
#include "look/Theme.h"

namespace sightline::ui {

namespace {
constexpr int kRowHeight = 28;
}

QTableView* tableView(Table* table, const char* name, const QString& accessible, bool sortable, QWidget* parent) {
    auto* view = new QTableView(parent);
    view->setObjectName(QLatin1String(name));
    view->setAccessibleName(accessible);
    auto* sorted = new QSortFilterProxyModel(view);
    sorted->setSourceModel(table);
    sorted->setSortRole(Table::SortKey);
    sorted->setSortCaseSensitivity(Qt::CaseInsensitive);
    view->setModel(sorted);
    view->setItemDelegate(new BarDelegate(view));
    view->setShowGrid(false);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setSelectionMode(QAbstractItemView::SingleSelection);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setWordWrap(false);
    view->setTabKeyNavigation(false);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(kRowHeight);
    view->verticalHeader()->setMinimumSectionSize(kRowHeight);
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setFont(theme::font(theme::Size::Small));
    view->horizontalHeader()->setMinimumSectionSize(52);
    view->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    view->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->setSortingEnabled(sortable);
    if (sortable) {
        view->horizontalHeader()->setSortIndicatorClearable(true);
        view->sortByColumn(-1, Qt::AscendingOrder);
    }
    return view;
}

int sourceRow(const QTableView* view, const QModelIndex& index) {
    return index.isValid() ? static_cast<const QSortFilterProxyModel*>(view->model())->mapToSource(index).row() : -1;
}

void selectSourceRow(QTableView* view, int row) {
    const auto* sorted = static_cast<const QSortFilterProxyModel*>(view->model());
    view->setCurrentIndex(sorted->mapFromSource(sorted->sourceModel()->index(row, 0)));
}

} // namespace sightline::ui
