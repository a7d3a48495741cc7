// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/Asker.h"
#include "pages/explain/InsideTab.h"

class QComboBox;
class QPushButton;

namespace sightline::ui {

class ExamplesPanel;

/// What every channel of a layer makes of the image in view.
class ActivationsTab : public InsideTab {
    Q_OBJECT
public:
    ActivationsTab(Session& session, MapLook& look);
    void forget() override;
    void toggleOverlay() override;

protected:
    void follow() override { refresh(); }
    void showLayer() override;
    void showChannel() override;

private:
    enum class Order { Mean, Layer, Difference };

    QWidget* makeControls();
    void showOrder();
    void order(); ///< as a person chose it; finds out what it needs
    void showTiles();
    std::vector<int> channels() const;
    double differenceOf(int channel) const; ///< of the two classes' means
    QImage tileOf(int channel) const;
    void save();

    std::shared_ptr<const Activations> m_activations;
    QString m_ordered;                         ///< the layer whose channels were put in order
    std::shared_ptr<const HeatMapAnswer> m_of; ///< the image of m_activations
    bool m_overlay = true;
    float m_highest = 0; ///< of a layer without places: its tiles share a scale
    QComboBox *m_order, *m_first, *m_second;
    QPushButton* m_save;
    ExamplesPanel* m_examples;
    Asker m_asker;
};

} // namespace sightline::ui
