// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "pages/Page.h"

class QPushButton;
class QStackedWidget;
class QTabBar;

namespace sightline::ui {

class EvaluateGallery;
class EvaluateTab;
struct GalleryFilter;
class HeatMapView;
class Thumbnails;
class TrustLine;
class UnknownScores;

/// How good the network is, and at which images not: figures, tabs that each look at them in one way, and the one
/// gallery that all of them filter; a click on an image shows its heat map.
class EvaluatePage : public Page {
    Q_OBJECT
public:
    EvaluatePage(Session& session, Thumbnails& thumbnails, QWidget* parent = nullptr);
    void showTab(const QString& name); ///< by its object name

private:
    QWidget* makeHead();
    QWidget* makeTabs(Thumbnails& thumbnails);
    void addTab(EvaluateTab* tab, const char* name, const QString& title, const QString& toolTip);
    QWidget* makeGallery(Thumbnails& thumbnails);
    QWidget* makeAnswer();
    void showAnswer();
    void followEvaluation();
    void showEvaluation();
    void filter(const EvaluateTab* by, const GalleryFilter& filter);
    void explainRow(int row);

    QTabBar* m_bar;
    QStackedWidget *m_tabs, *m_figures;
    std::vector<EvaluateTab*> m_ways; ///< one for each tab
    EvaluateGallery* m_gallery;
    UnknownScores* m_unknown;
    QPushButton* m_explain;
    HeatMapView* m_answer;
    TrustLine* m_trust;
    std::shared_ptr<const Evaluation> m_shown;
    int m_classes = 0; ///< of what was shown last
};

} // namespace sightline::ui
