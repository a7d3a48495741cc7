// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace sightline::ui {

/// Paints a square picture with one or two lines of words beneath, and between them, where asked for, the epochs in
/// which a network was right about it (low bars) or wrong (tall ones, the stronger the higher its loss).
class TileDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    TileDelegate(int lines, QObject* parent) : QStyledItemDelegate(parent), m_lines(lines) {}
    void setSide(int side) { m_side = side; }
    void setStripShown(bool shown) { m_stripShown = shown; } ///< room for TileStrip
    void setCellWidth(int width) { m_cellWidth = width; }    ///< where there is more room than needed
    QSize least() const;                                     ///< of a tile
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    int stripRoom() const;

    int m_lines;
    int m_side = 96, m_cellWidth = 0;
    bool m_stripShown = false;
};

} // namespace sightline::ui
