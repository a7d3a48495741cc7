// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/Table.h"

#include "look/Theme.h"

namespace sightline::ui {

Table::Table(QStringList columns, QObject* parent) : QAbstractTableModel(parent), m_columns(std::move(columns)) {}

void Table::setRows(std::vector<std::vector<Cell>> rows) {
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

void Table::setColumns(QStringList columns, std::vector<std::vector<Cell>> rows) {
    beginResetModel();
    m_columns = std::move(columns);
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

} // namespace sightline::ui
