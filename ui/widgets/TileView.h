// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListView>

namespace sightline::ui {

class TileDelegate;

/// A virtualised grid of tiles: only what is on screen is asked for.
class TileView : public QListView {
    Q_OBJECT
public:
    explicit TileView(int lines, QWidget* parent = nullptr);
    void setSide(int side);         ///< pixels of a picture's side
    void setStripShown(bool shown); ///< room for TileStrip under the pictures

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();

    TileDelegate* m_delegate;
};

} // namespace sightline::ui
