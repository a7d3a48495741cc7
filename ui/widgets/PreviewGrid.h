// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QWidget>

#include <vector>

namespace sightline::ui {

/// A fixed grid of pictures that fills its room, each with words beneath and all of them on hover.
class PreviewGrid : public QWidget {
    Q_OBJECT
public:
    struct Tile {
        QImage image;
        QString caption, detail; ///< detail: the tool tip
    };
    PreviewGrid(int rows, int columns, QWidget* parent = nullptr);
    void setTiles(std::vector<Tile> tiles);
    const std::vector<Tile>& tiles() const { return m_tiles; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRect cell(int index) const;
    int wordsHeight(const QFontMetrics& metrics) const; ///< of the longest caption

    int m_rows, m_columns;
    std::vector<Tile> m_tiles;
};

} // namespace sightline::ui
