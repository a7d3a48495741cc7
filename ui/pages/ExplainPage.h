// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/Page.h"

class QComboBox;
class QLabel;
class QPushButton;
class QSlider;

namespace sightline::ui {

class HeatMapView;

/// Any image: where the network looks for any class, by any method.
class ExplainPage : public Page {
    Q_OBJECT
public:
    explicit ExplainPage(Session& session, QWidget* parent = nullptr);
    bool saveTo(const QString& file); ///< the overlay as shown, at the image's own size

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* makeView();
    QWidget* makeControls();
    void openFile();
    void step(int by);
    static std::uint32_t firstSample(const Dataset& dataset);
    void ask();
    void enableComparing();
    void showRun();
    void listLayers(const GraphSpec& graph);
    void showQuestion();
    void showAnswer();
    void save();

    HeatMapView* m_view;
    QComboBox *m_method, *m_target, *m_against, *m_layer, *m_colors;
    QSlider* m_opacity;
    QLabel *m_opacityText, *m_note;
    QPushButton* m_save;
};

} // namespace sightline::ui
