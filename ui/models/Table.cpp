// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/Table.h"

#include <QHeaderView>
#include <QPainter>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>

#include "window/Theme.h"

namespace sightline::ui {

namespace {
constexpr int kRowHeight = 28, kPad = 6;

class BarDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const double share = index.data(Table::Bar).toDouble();
        if (share >= 0) {
            const QRect room = option.rect.adjusted(4, 5, -4, -5);
            QColor color = theme::color(Role::Accent);
            color.setAlphaF(0.22f);
            painter->fillRect(
                QRect(room.left(), room.top(), static_cast<int>(room.width() * std::min(1.0, share)), room.height()),
                color);
        }
        if (option.state & QStyle::State_Selected) {
            QColor color = theme::color(Role::Accent);
            color.setAlphaF(0.14f);
            painter->fillRect(option.rect, color);
        }
        QStyleOptionViewItem plain = option;
        plain.state &= ~(QStyle::State_HasFocus | QStyle::State_Selected);
        plain.rect.adjust(kPad, 0, -kPad, 0);
        QStyledItemDelegate::paint(painter, plain, index);
    }
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        return QStyledItemDelegate::sizeHint(option, index) + QSize(2 * kPad, 0);
    }
};
} // namespace

Table::Table(QStringList columns, QObject* parent) : QAbstractTableModel(parent), m_columns(std::move(columns)) {}

void Table::setRows(std::vector<std::vector<Cell>> rows) {
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

void Table::updateRows(std::vector<std::vector<Cell>> rows) {
    if (rows.empty() || rows.size() != m_rows.size())
        return setRows(std::move(rows));
    m_rows = std::move(rows);
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int Table::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}
int Table::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant Table::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Cell& cell = m_rows[static_cast<std::size_t>(index.row())][static_cast<std::size_t>(index.column())];
    const bool number = cell.key.isValid() && cell.key.typeId() != QMetaType::QString;
    switch (role) {
    case Qt::DisplayRole:
        return cell.text;
    case Qt::ToolTipRole:
        return cell.toolTip.isEmpty() ? cell.text : cell.toolTip;
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter | (number ? Qt::AlignRight : Qt::AlignLeft)));
    case Qt::ForegroundRole:
        return cell.tone < 0 ? QVariant() : QVariant(theme::color(static_cast<Role>(cell.tone)));
    case SortKey:
        return cell.key.isValid() ? cell.key : QVariant(cell.text);
    case Bar:
        return cell.bar;
    default:
        return {};
    }
}

QVariant Table::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::DisplayRole)
        return m_columns[section].section(QLatin1Char('|'), 0, 0);
    if (role == Qt::ToolTipRole)
        return m_columns[section].section(QLatin1Char('|'), 1);
    if (role == Qt::TextAlignmentRole && !m_rows.empty())
        return data(index(0, section), role);
    return {};
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
