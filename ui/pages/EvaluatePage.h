// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/Page.h"

class QButtonGroup;
class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace sightline::ui {

class ConfusionView;
class GalleryModel;
class HeatMapView;
class ProgressBar;
class Table;
class Thumbnails;
class TileView;

/// How good the network is, and at which images not: matrix, classes and gallery, linked; a click shows the heat map.
class EvaluatePage : public Page {
    Q_OBJECT
public:
    EvaluatePage(Session& session, Thumbnails& thumbnails, QWidget* parent = nullptr);

private:
    QWidget* makeHead();
    QWidget* makeMatrix();
    QWidget* makeGallery();
    QWidget* makeAnswer();
    void evaluate(); ///< or cancels it
    void chooseSplit();
    void followEvaluation();
    void showAnswer();
    void showEvaluation();
    void showState();
    void selectCell(int truth, int predicted);
    void showFilter();
    void explainRow(int row);

    GalleryModel* m_gallery;
    Table *m_classTable, *m_pairTable;
    QTableView *m_classes, *m_pairs;
    ConfusionView* m_matrix;
    QStackedWidget *m_matrixOrPairs, *m_figures, *m_pictures;
    TileView* m_tiles;
    HeatMapView* m_answer;
    QLabel *m_score, *m_detail, *m_filter;
    QComboBox *m_split, *m_sort;
    QPushButton *m_evaluate, *m_classify, *m_clear;
    ProgressBar* m_progress;
    QButtonGroup* m_show;
    std::shared_ptr<const Evaluation> m_shown;
};

} // namespace sightline::ui
