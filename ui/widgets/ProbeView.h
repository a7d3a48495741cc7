// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>
#include <QCache>
#include <QImage>

#include "models/ProbeTable.h"
#include "widgets/HeatLayer.h"

namespace sightline::ui {

/// The pinned images as rows: the image, then how it looked to the network at each epoch that was drawn, the newest at
/// the right. What is right or wrong is told by a mark as well as by colour. A click or the arrow keys choose one, a
/// double click or Return opens its image. Only what is seen is painted.
class ProbeView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit ProbeView(QWidget* parent = nullptr);

    /// A view that shows the newest epoch follows to the next.
    void setTable(ProbeTable table);
    void setLook(const HeatLook& look);
    /// Brings an epoch into view and marks it; 0: none.
    void setEpoch(int epoch);
    int markedColumn() const; ///< -1: it was not drawn, or none is marked
    const ProbeTable& table() const { return m_table; }
    int rowCount() const { return static_cast<int>(m_table.rows.size()); }
    int columnCount() const { return static_cast<int>(m_table.epochs.size()); }
    /// In the viewport; column -1 is the image itself.
    QRect cellRect(int row, int column) const;
    QString describe(int row, int column) const;

Q_SIGNALS:
    void activated(const QString& path);
    void currentMoved(int row, int column); ///< chosen, perhaps again; column -1: the image itself

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    struct Cell {
        int row = -1, column = -1;
    };
    Cell at(const QPoint& point) const;
    void arrange();
    void moveTo(Cell cell);
    void tellCell();
    void paintHead(QPainter& painter) const;
    void paintNames(QPainter& painter) const;
    void paintCell(QPainter& painter, int row, int column);
    QImage pictureOf(int row, int column);

    ProbeTable m_table;
    QCache<quint64, QImage> m_pictures; ///< with their maps, of what was seen lately
    HeatLook m_look;
    Cell m_current{0, -1};
    int m_epoch = 0; ///< marked
};

} // namespace sightline::ui
