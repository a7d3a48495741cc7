// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>

#include "models/Explained.h"
#include "widgets/HeatLayer.h"

class QLabel;

namespace sightline::ui {

class BarList;
class ImageView;

/// A heat map for those who cannot see it: what was predicted, what the map is about, and where it is strongest.
QString mapDescription(const HeatMap& map);

/// An answer: heat map, what was said, and the most probable classes. Side by side: the image, its map and the words
/// beside each other, under whoever names the image; stacked: one above the other.
class HeatMapView : public QWidget {
    Q_OBJECT
public:
    enum class Layout { SideBySide, Stacked };
    /// `plain`, side by side: shows the image itself; null: an ordinary view.
    explicit HeatMapView(Layout layout, ImageView* plain = nullptr);

    void setExplained(std::shared_ptr<const Explained> explained); ///< null: the placeholder's words
    void setLook(const HeatLook& look);
    void setOpacity(double opacity);
    void setThreshold(double threshold); ///< heat under this share of the hottest is not shown
    void setColors(ColorMap colors);
    void setOverlayShown(bool shown);
    void setRawShown(bool raw); ///< the map's own cells, nearest neighbour
    bool isOverlayShown() const { return m_overlay; }
    QString caption() const; ///< what the picture shows, in one line
    Image overlaid() const;  ///< what is shown, at the image's own size; empty where there is none
    void setPlaceholder(const QString& text);

protected:
    void changeEvent(QEvent* event) override;

private:
    QString detail() const;
    QString captionOf(const QString& target) const;
    QString shortened(const QString& name) const;
    void refresh();
    void showVerdict();
    void showBars();
    void drawColors();
    void draw();

    std::shared_ptr<const Explained> m_explained;
    HeatLayer m_heat; ///< over the shown image
    ImageView *m_plain = nullptr, *m_map;
    QWidget* m_words = nullptr; ///< side by side: the column of what was said
    QLabel *m_title, *m_verdict, *m_detail;
    BarList* m_bars;
    double m_opacity = 0.5, m_threshold = 0;
    ColorMap m_colors = ColorMap::Turbo;
    bool m_overlay = true, m_raw = false;
    QString m_placeholder;
};

} // namespace sightline::ui
