// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>

#include <memory>
#include <optional>
#include <vector>

#include "data/Dataset.h"
#include "metrics/Metrics.h"

namespace sightline::ui {

class Thumbnails;

/// An evaluation's images as tiles: all, the right, the wrong, or a cell of the confusion matrix; sorted.
class GalleryModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum class Show { All, Right, Wrong };
    enum class Sort { HighestLoss, LowestLoss, MostConfident, LeastConfident };

    GalleryModel(Thumbnails& thumbnails, QObject* parent);
    /// `dataset`: the one that is open; predictions find their image in it by path.
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation, const Dataset* dataset);
    void setShow(Show show);
    void setSort(Sort sort);
    void setCell(int truth, int predicted); ///< -1 = any
    int truth() const { return m_truth; }
    int predicted() const { return m_predicted; }
    const Prediction& prediction(int row) const;
    std::optional<std::uint32_t> sample(int row) const; ///< in the open data set; nothing where it is not there

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    void rebuild();

    Thumbnails& m_thumbnails;
    std::shared_ptr<const Evaluation> m_evaluation;
    Show m_show = Show::All;
    Sort m_sort = Sort::HighestLoss;
    int m_truth = -1, m_predicted = -1;
    std::vector<std::uint32_t> m_rows;                   ///< indices into Evaluation::predictions
    std::vector<std::optional<std::uint32_t>> m_samples; ///< of each prediction
};

} // namespace sightline::ui
