// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListView>
#include <QStyledItemDelegate>

namespace sightline::ui {

/// What a tile shows, by item role.
enum TileRole : int {
    TileImage = Qt::UserRole + 1, ///< QImage; null: not decoded yet
    TileCaption,                  ///< first line
    TileDetail,                   ///< second line, quieter
    TileTone,                     ///< Role as int, of the line under the picture; absent: none
    TileSample,                   ///< quint32, index into Dataset::samples
    TileBadge,                    ///< TileState as int; absent: none
    TileGroup ///< quint32: neighbours of the same number are drawn as belonging together; absent: none
};

/// What a person has done to an image.
enum class TileState : int { None, Relabelled, Excluded };

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

/// A virtualised grid of tiles: only what is on screen is asked for.
class TileView : public QListView {
    Q_OBJECT
public:
    explicit TileView(int lines, QWidget* parent = nullptr);
    void setSide(int side); ///< pixels of a picture's side

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();

    TileDelegate* m_delegate;
};

} // namespace sightline::ui
