// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "network/GraphSpec.h"
#include "pages/NetworkWeights.h"
#include "pages/Page.h"
#include "pages/ZooSizes.h"

class QLabel;
class QListWidget;
class QPushButton;
class QTableView;
class QVBoxLayout;

namespace sightline::ui {

class CostPanel;
class SettingsForm;
class Surface;
class Table;

/// Which network, what it is made of, and its options. An impossible layer is marked and says why.
class NetworkPage : public Page {
    Q_OBJECT
public:
    explicit NetworkPage(Session& session, QWidget* parent = nullptr);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeCards();
    QWidget* makeLayers();
    QWidget* makeOptions();
    void choose(int card);
    void chooseWeightFile();
    void showWeights();
    void showFetching(qulonglong done, qulonglong total);
    void rebuildOptions();
    void showAll();
    void showGraph();
    void showCards();
    void showEditable();
    int classes() const;

    QListWidget* m_cards;
    Surface* m_layersSurface;
    Table* m_layers;
    QTableView* m_view;
    QLabel *m_summary, *m_fault, *m_weightFacts;
    QVBoxLayout* m_formRoom;
    SettingsForm *m_form = nullptr, *m_transfer;
    QPushButton *m_ownSize, *m_chooseWeights, *m_fetch;
    CostPanel* m_cost;
    WeightFacts m_facts;
    ZooSizes m_sizes;
    std::string m_shownNetwork;
};

} // namespace sightline::ui
