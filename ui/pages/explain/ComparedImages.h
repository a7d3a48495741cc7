// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <memory>
#include <vector>

#include "bridge/RunComparer.h"
#include "models/GalleryFilter.h"

class QButtonGroup;
class QPushButton;
class QStackedWidget;

namespace sightline::ui {

class ComparedTiles;
class TileView;
class Thumbnails;

/// The images that only one of two runs got right, or neither, as tiles of one kind at a time.
class ComparedImages : public QWidget {
    Q_OBJECT
public:
    ComparedImages(Thumbnails& thumbnails, QWidget* parent = nullptr);
    void setCompared(std::shared_ptr<const ComparedRuns> compared, std::shared_ptr<const Dataset> dataset);

Q_SIGNALS:
    void chosen(quint32 sample);                                                      ///< of the open data set
    void galleryAsked(const sightline::ui::GalleryFilter& filter, qint64 prediction); ///< -1: none of them is current

private:
    void makeHead(QBoxLayout& column);
    void show(int kind);
    const std::vector<ComparedImage>& images(int kind) const;

    std::shared_ptr<const ComparedRuns> m_compared;
    QButtonGroup* m_kinds;
    QPushButton* m_gallery;
    QStackedWidget* m_pictures; ///< words, or the tiles
    TileView* m_view;
    ComparedTiles* m_tiles;
};

} // namespace sightline::ui
