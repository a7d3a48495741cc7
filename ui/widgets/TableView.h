// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

#include "models/Table.h"

namespace sightline::ui {

/// A quiet table view over a Table: sortable where asked, whole rows, numbers at the right, bars drawn.
QTableView* tableView(Table* table, const char* name, const QString& accessible, bool sortable,
                      QWidget* parent = nullptr);
int sourceRow(const QTableView* view, const QModelIndex& index); ///< the Table's row behind a sorted view's index
void selectSourceRow(QTableView* view, int row);

} // namespace sightline::ui
