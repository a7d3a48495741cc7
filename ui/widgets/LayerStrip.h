// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

#include "network/GraphSpec.h"

namespace sightline::ui {

/// A network from its image to its scores, a block for each layer, as high as its output is large: a layer is chosen by
/// a click, or by Left, Right, Home and End.
class LayerStrip : public QWidget {
    Q_OBJECT
public:
    enum class Offer { WithPlaces, All }; ///< only layers whose output is [C, H, W], or all but the image

    explicit LayerStrip(Offer offer, QWidget* parent = nullptr);
    void setGraph(const GraphSpec& graph); ///< nothing is chosen then
    void setCurrent(const QString& id);    ///< empty, or of no block: none is chosen
    /// Grayed out, and words that say why no layer can be chosen; empty: one can.
    void setRefusal(const QString& why);
    const QString& current() const { return m_current; }
    int count() const { return static_cast<int>(m_blocks.size()); }
    QRect blockRect(const QString& id) const; ///< empty where there is none

    QSize sizeHint() const override;

Q_SIGNALS:
    void chosen(const QString& id);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    struct Block {
        QString id, words;
        double height = 0; ///< 0...1
        int stage = 0;     ///< how often the output's size has changed before it
        bool isConvolution = false;
    };
    QRectF rectOf(int index) const;
    int indexAt(double x) const;
    int indexOf(const QString& id) const;
    void choose(int index);

    Offer m_offer;
    std::vector<Block> m_blocks;
    QString m_current, m_refusal;
    int m_hovered = -1;
};

} // namespace sightline::ui
