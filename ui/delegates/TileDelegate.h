// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace sightline::ui {

/// Paints a square picture with one or two lines of words beneath.
class TileDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    TileDelegate(int lines, QObject* parent) : QStyledItemDelegate(parent), m_lines(lines) {}
    void setSide(int side) { m_side = side; }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    int m_lines;
    int m_side = 96;
};

} // namespace sightline::ui
