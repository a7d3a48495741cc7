// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>

#include "models/GalleryModel.h"

class QButtonGroup;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace sightline::ui {

class Thumbnails;
class TileView;

/// The images of an evaluation: what every tab of the page filters. Its head says what is shown and takes it back.
class EvaluateGallery : public QWidget {
    Q_OBJECT
public:
    explicit EvaluateGallery(Thumbnails& thumbnails, QWidget* parent = nullptr);

    void setEvaluation(std::shared_ptr<const Evaluation> evaluation, const Dataset* dataset);
    void setFilter(const GalleryFilter& filter);
    const GalleryModel& model() const { return *m_gallery; }
    int currentRow() const; ///< -1: none

Q_SIGNALS:
    void cleared();       ///< by its button: every image is shown
    void chosen(int row); ///< has become the current one
    void opened(int row); ///< double click, or Return

private:
    QWidget* makeShow();
    QWidget* makeSort();
    QLayout* makeFilter();
    void showFilter();

    GalleryModel* m_gallery;
    TileView* m_tiles;
    QStackedWidget* m_pictures; ///< words, or the tiles
    QLabel *m_caption, *m_count;
    QPushButton* m_clear;
    bool m_any = false;
};

} // namespace sightline::ui
