// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/TileView.h"

#include <QScrollBar>

#include <algorithm>

#include "delegates/TileDelegate.h"

namespace sightline::ui {

TileView::TileView(int lines, QWidget* parent) : QListView(parent), m_delegate(new TileDelegate(lines, this)) {
    setItemDelegate(m_delegate);
    setViewMode(QListView::ListMode); // IconMode keeps a tree of items: 75 ms for 110,000 of them
    setFlow(QListView::LeftToRight);
    setWrapping(true);
    setResizeMode(QListView::Adjust);
    setMovement(QListView::Static);
    setUniformItemSizes(true);
    setLayoutMode(QListView::Batched);
    setBatchSize(2000);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    verticalScrollBar()->setSingleStep(32);
    const auto showHandle = [this] { verticalScrollBar()->setEnabled(verticalScrollBar()->maximum() > 0); };
    connect(verticalScrollBar(), &QScrollBar::rangeChanged, this, showHandle); // its room stays: no jump of the columns
    showHandle();
    setMouseTracking(true);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setProperty("tiles", true);
}

void TileView::setSide(int side) {
    m_delegate->setSide(side);
    arrange();
    scheduleDelayedItemsLayout();
}

void TileView::setStripShown(bool shown) {
    m_delegate->setStripShown(shown);
    arrange();
    scheduleDelayedItemsLayout();
}

void TileView::resizeEvent(QResizeEvent* event) {
    QListView::resizeEvent(event);
    arrange();
}

/// As many columns as fit, spread over the whole width.
void TileView::arrange() {
    const QSize smallest = m_delegate->least();
    const int room = width() - verticalScrollBar()->sizeHint().width() - 4;
    const int columns = std::max(1, room / smallest.width());
    const QSize cell(std::max(smallest.width(), room / columns), smallest.height());
    m_delegate->setCellWidth(cell.width()); // a list does not stretch its items over the grid
    setGridSize(cell);
}

} // namespace sightline::ui
