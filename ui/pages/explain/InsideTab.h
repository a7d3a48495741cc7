// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/explain/ExplainTab.h"
#include "widgets/LayerStrip.h"

class QLabel;

namespace sightline::ui {

class ImageView;
class PictureTiles;
class TileView;

/// What the tabs that look into a layer share: its channels as tiles, the one that was clicked large beside them, and
/// the strip in which the layer is chosen.
class InsideTab : public ExplainTab {
    Q_OBJECT
public:
    void setLayer(const QString& id);
    void forget() override;

Q_SIGNALS:
    void layerChosen(const QString& id);

protected:
    InsideTab(Session& session, MapLook& look, const QString& title, LayerStrip::Offer offer, const char* prefix);
    /// layer() is another one, or what is to be seen of it. Only called while the tab is to be seen.
    virtual void showLayer() = 0;
    /// The one in view, -1 where none is, has changed, or how it is drawn.
    virtual void showChannel() = 0;

    const QString& layer() const { return m_layer; }
    int channel() const { return m_channel; }
    PictureTiles& tiles() const { return *m_tiles; }
    void selectChannel(int number); ///< and shows it; -1: none
    void setEnlarged(const QImage& image, const QString& words, bool sharp);
    const QImage& enlarged() const;
    QString enlargedWords() const;
    void say(const QString& words); ///< instead of tiles; empty: the tiles
    void refresh();                 ///< now, or when the tab comes into view

    void showEvent(QShowEvent* event) override;

private:
    LayerStrip* m_strip;
    TileView* m_view;
    PictureTiles* m_tiles;
    ImageView* m_large;
    QLabel *m_words, *m_note;
    QString m_layer;
    int m_channel = -1;
    bool m_stale = true;
};

} // namespace sightline::ui
