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
class GalleryOrder;
class PinKeys;
class ProbePins;
struct OpenedRun;
class Thumbnails;
class TileView;

/// The images of an evaluation: what every tab of the page filters. Its head says what is shown and takes it back; keys
/// relabel, exclude and pin, as on the Data page.
class EvaluateGallery : public QWidget {
    Q_OBJECT
public:
    /// `refuse`: sets which images are of none of the classes; shown while that is told of them.
    EvaluateGallery(DataDesk& desk, ProbePins& pins, Thumbnails& thumbnails, QWidget* refuse,
                    QWidget* parent = nullptr);

    /// `run`: that of the evaluation, whose learning history tells how its images were learned.
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation, std::shared_ptr<const OpenedRun> run);
    /// GalleryModel::setUnknown().
    void setUnknown(std::shared_ptr<const std::vector<std::optional<double>>> scores);
    void setFilter(const GalleryFilter& filter);
    void showAll();                        ///< the right and the wrong ones
    void choose(std::uint32_t prediction); ///< makes it the current one, where it is shown
    const GalleryModel& model() const { return *m_gallery; }

Q_SIGNALS:
    void cleared();       ///< by its button: every image is shown
    void chosen(int row); ///< has become the current one
    void opened(int row); ///< double click, or Return

private:
    QWidget* makeShow();
    QWidget* makeOrder();
    void makeKeys(ProbePins& pins);
    void showMenu(const QPoint& at);
    QLayout* makeFilter();
    void showFilter();

    DataDesk& m_data;
    GalleryModel* m_gallery;
    TileView* m_tiles;
    PinKeys* m_pins;
    QButtonGroup* m_show;
    QStackedWidget* m_pictures; ///< words, or the tiles
    GalleryOrder* m_order;
    QLabel *m_caption, *m_count, *m_note;
    QWidget* m_refuse;
    QPushButton* m_clear;
    bool m_any = false;
};

} // namespace sightline::ui
