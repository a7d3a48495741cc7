// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/TableView.h"

#include <QHeaderView>
#include <QSortFilterProxyModel>

#include "delegates/BarDelegate.h"
#include "look/Theme.h"

namespace sightline::ui {

namespace {
constexpr int kRowHeight = 28, kHeadPad = 20;

/// Small headings that take no more room than their words: the sort arrow stands in the air at their right.
class Header : public QHeaderView {
public:
    explicit Header(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) {
        setFont(theme::font(theme::Size::Small));
        setSectionsClickable(true);
        setHighlightSections(false);
        setMinimumSectionSize(48);
    }

protected:
    QSize sectionSizeFromContents(int section) const override {
        const QString words = model()->headerData(section, orientation(), Qt::DisplayRole).toString();
        return {fontMetrics().horizontalAdvance(words) + kHeadPad,
                QHeaderView::sectionSizeFromContents(section).height()};
    }
};
} // namespace

QTableView* tableView(Table* table, const char* name, const QString& accessible, bool sortable, QWidget* parent) {
    auto* view = new QTableView(parent);
    view->setObjectName(QLatin1String(name));
    view->setAccessibleName(accessible);
    auto* sorted = new QSortFilterProxyModel(view);
    sorted->setSourceModel(table);
    sorted->setSortRole(Table::SortKey);
    sorted->setSortCaseSensitivity(Qt::CaseInsensitive);
    view->setHorizontalHeader(new Header(view));
    view->setModel(sorted);
    view->setItemDelegate(new BarDelegate(view));
    view->setShowGrid(false);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setSelectionMode(QAbstractItemView::SingleSelection);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setWordWrap(false);
    view->setTextElideMode(Qt::ElideMiddle); // names differ at their ends: conv2d_1, conv2d_2
    view->setTabKeyNavigation(false);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(kRowHeight);
    view->verticalHeader()->setMinimumSectionSize(kRowHeight);
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
