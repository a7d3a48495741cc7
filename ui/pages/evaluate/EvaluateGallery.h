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

class DataDesk;
class Thumbnails;
class TileView;

/// The images of an evaluation: what every tab of the page filters. Its head says what is shown and takes it back; keys
/// relabel and exclude, as on the Data page.
class EvaluateGallery : public QWidget {
    Q_OBJECT
public:
    EvaluateGallery(DataDesk& desk, Thumbnails& thumbnails, QWidget* parent = nullptr);

    void setEvaluation(std::shared_ptr<const Evaluation> evaluation);
    void setFilter(const GalleryFilter& filter);
    void choose(std::uint32_t prediction); ///< makes it the current one, where it is shown
    const GalleryModel& model() const { return *m_gallery; }

Q_SIGNALS:
    void cleared();       ///< by its button: every image is shown
    void chosen(int row); ///< has become the current one
    void opened(int row); ///< double click, or Return

private:
    QWidget* makeShow();
    QWidget* makeSort();
    QLayout* makeFilter();
    void showFilter();

    DataDesk& m_data;
    GalleryModel* m_gallery;
    TileView* m_tiles;
    QStackedWidget* m_pictures; ///< words, or the tiles
    QLabel *m_caption, *m_count;
    QPushButton* m_clear;
    bool m_any = false;
};

} // namespace sightline::ui
