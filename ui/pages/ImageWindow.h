// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include <memory>

#include "data/Dataset.h"
#include "lane/Lane.h"

class QAbstractItemModel;
class QLabel;

namespace sightline::ui {

class ImageView;

/// One image of the data set at full size, with next and previous (arrow keys).
class ImageWindow : public QDialog {
    Q_OBJECT
public:
    /// `tiles`: a model with TileSample; it may change while this is open.
    ImageWindow(std::shared_ptr<const Dataset> dataset, const QAbstractItemModel& tiles, int row, QWidget* parent);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void step(int by);
    void load();

    std::shared_ptr<const Dataset> m_dataset;
    const QAbstractItemModel& m_tiles;
    int m_row;
    ImageView* m_view;
    QLabel* m_words;
    Lane m_lane;
};

} // namespace sightline::ui
