// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/explain/InsideTab.h"

#include <QItemSelectionModel>

#include "models/PictureTiles.h"
#include "widgets/ArrowKeys.h"
#include "widgets/ImageView.h"
#include "widgets/Surface.h"
#include "widgets/TileView.h"

namespace sightline::ui {

namespace {
constexpr int kTile = 72, kLarge = 288;
} // namespace

InsideTab::InsideTab(Session& session, MapLook& look, const QString& title, LayerStrip::Offer offer, const char* prefix)
    : ExplainTab(session, look, title), m_tiles(new PictureTiles(this)) {
    const auto name = [prefix](const char* part) { return QByteArray(prefix) + part; };
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto* surface = new Surface;
    m_note = named(mutedLabel({}), name("Note"));
    m_note->setFont(theme::font(theme::Size::Base));
    m_note->setAlignment(Qt::AlignCenter);
    m_view = named(new TileView(2), name("Tiles"), tr("Channels of the layer"));
    m_view->setSide(kTile);
    m_view->setModel(m_tiles);
    keepArrowKeys(m_view);
    m_large = named(new ImageView, name("Enlarged"), tr("The channel that was clicked"));
    m_words = named(mutedLabel({}), name("Words"));
    m_strip = named(new LayerStrip(offer), name("Layers"));
    auto* row = new QHBoxLayout;
    row->setSpacing(2 * theme::kGrid);
    auto* beside = new QWidget;
    beside->setFixedWidth(kLarge);
    auto* words = new QVBoxLayout(beside);
    words->setContentsMargins(0, 0, 0, 0);
    words->addWidget(m_large, 1);
    words->addWidget(m_words);
    row->addWidget(m_note, 1);
    row->addWidget(m_view, 1);
    row->addWidget(beside);
    surface->body()->addLayout(row, 1);
    surface->body()->addWidget(m_strip);
    column->addWidget(surface);
    connect(m_strip, &LayerStrip::chosen, this, [this](const QString& id) {
        setLayer(id);
        Q_EMIT layerChosen(id);
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& current) {
        m_channel = current.isValid() ? m_tiles->tile(current.row()).number : -1;
        showChannel();
    });
    connect(&look, &MapLook::changed, this, [this] {
        if (!m_stale)
            showChannel();
    });
}

void InsideTab::forget() {
    const auto opened = run();
    m_strip->setGraph(opened ? opened->graph : GraphSpec());
    m_strip->setVisible(m_strip->count() > 0);
    m_layer = opened ? QString::fromStdString(defaultHeatMapNode(opened->graph)) : QString();
    m_strip->setCurrent(m_layer);
    m_tiles->setTiles({}, {});
    m_channel = -1; // a model that is reset does not tell that its current row is gone
    setEnlarged({}, {}, false);
    refresh();
}

void InsideTab::setLayer(const QString& id) {
    if (id == m_layer)
        return;
    m_strip->setCurrent(id);
    if (m_strip->current() != id) // one that this tab does not offer
        return m_strip->setCurrent(m_layer);
    m_layer = id;
    m_channel = -1;
    refresh();
}

void InsideTab::selectChannel(int number) {
    const int row = m_tiles->rowOf(number);
    m_channel = row < 0 ? -1 : number;
    m_view->setCurrentIndex(row < 0 ? QModelIndex() : m_tiles->index(row));
    showChannel();
}

void InsideTab::setEnlarged(const QImage& image, const QString& words, bool sharp) {
    m_large->setSharp(sharp);
    m_large->setImage(image);
    m_large->setAccessibleDescription(words);
    m_words->setText(words);
}

const QImage& InsideTab::enlarged() const {
    return m_large->image();
}

QString InsideTab::enlargedWords() const {
    return m_words->text();
}

void InsideTab::say(const QString& words) {
    m_note->setText(words);
    m_note->setVisible(!words.isEmpty());
    m_view->setVisible(words.isEmpty());
}

void InsideTab::refresh() {
    m_stale = !isVisible();
    if (!m_stale)
        showLayer();
}

void InsideTab::showEvent(QShowEvent* event) {
    ExplainTab::showEvent(event);
    if (m_stale)
        refresh();
}

} // namespace sightline::ui
