// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>

#include <vector>

namespace sightline::ui {

/// A small read-only table held as values: what it shows, what it sorts by, and a share that is drawn as a bar.
class Table : public QAbstractTableModel {
    Q_OBJECT
public:
    struct Cell {
        QString text;
        QVariant key = {}; ///< sorts by it; absent: by the text
        double bar = -1;   ///< 0...1: a bar behind the number; below 0: none
        QString toolTip = {};
        int tone = -1; ///< a Role for the text; -1 = Role::Text
    };
    enum Roles { SortKey = Qt::UserRole + 1, Bar };

    /// `columns`: headings; what follows a '|' is the heading's tool tip.
    Table(QStringList columns, QObject* parent);
    void setRows(std::vector<std::vector<Cell>> rows);
    /// Other columns, and rows that fit them.
    void setColumns(QStringList columns, std::vector<std::vector<Cell>> rows);
    /// As many rows as before, with other values: selection and place stay.
    void updateRows(std::vector<std::vector<Cell>> rows);
    const std::vector<std::vector<Cell>>& rows() const { return m_rows; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QStringList m_columns;
    std::vector<std::vector<Cell>> m_rows;
};

} // namespace sightline::ui
