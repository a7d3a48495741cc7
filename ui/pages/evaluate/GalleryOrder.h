// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>

#include <memory>

#include "bridge/OpenedRun.h"
#include "lane/Lane.h"
#include "models/GalleryModel.h"

namespace sightline::ui {

/// Orders of the gallery's images. Those by the run's epochs can be chosen where the run keeps a learning history that
/// tells of these images; where not, each says why.
class GalleryOrder : public QComboBox {
    Q_OBJECT
public:
    explicit GalleryOrder(QWidget* parent = nullptr);
    void setUnknownKnown(bool known); ///< whether images can be ordered by how strange they are
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation, std::shared_ptr<const OpenedRun> run);

Q_SIGNALS:
    void chosen(sightline::ui::GalleryModel::Sort sort);
    void learned(const std::shared_ptr<const sightline::ui::LearnedImages>& images); ///< null: nothing is known
    void noted(const QString& note); ///< the history is there, but tells of other images; empty: nothing to say

private:
    void add(GalleryModel::Sort sort, const QString& words, const QString& toolTip = {});
    void offer(std::shared_ptr<const LearnedImages> images, const QString& problem);

    Lane m_reading; ///< last: joined first
};

} // namespace sightline::ui
