// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/explain/ExplainTab.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSlider;

namespace sightline::ui {

class ColorBar;
class HeatMapView;
class LayerStrip;
class MapControls;
class TrustLine;
class UnknownLine;

/// Where the network looks, for any class, by any method.
class MapTab : public ExplainTab {
    Q_OBJECT
public:
    MapTab(Session& session, MapLook& look);
    void forget() override;
    void toggleOverlay() override;

protected:
    void follow() override;

private:
    QWidget* makeControls();
    void addAppearance(QWidget& surface);
    void chooseLayer(const QString& id);
    void showLayer();
    void showColors();
    void showLook();
    void save();

    HeatMapView* m_view;
    TrustLine* m_trust;
    UnknownLine* m_unknown;
    LayerStrip* m_strip;
    MapControls* m_question;
    QSlider *m_opacity, *m_threshold;
    QComboBox* m_colors;
    ColorBar* m_bar;
    QLabel *m_opacityText, *m_thresholdText, *m_note;
    QPushButton* m_save;
};

} // namespace sightline::ui
