// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QHash>

#include <memory>
#include <optional>
#include <vector>

#include "data/Dataset.h"
#include "models/GalleryFilter.h"

namespace sightline::ui {

struct LearnedImages;
class Thumbnails;

/// An evaluation's images as tiles: all, the right, or the wrong, of those that a filter lets through; sorted. Made for
/// 100,000 of them: one pass over the sorted images at a reset, names and pictures only of the rows that are asked for.
class GalleryModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum class Show { All, Right, Wrong };
    enum class Sort {
        HighestLoss,
        LowestLoss,
        MostConfident,
        LeastConfident,
        ClosestCall,
        ForgottenMost, ///< from here on by what the epochs say (LearningOrder); as HighestLoss where they say nothing
        LearnedLast,
        NeverLearned,
        Strangest ///< by setUnknown(); as HighestLoss where nothing is known
    };
    static bool isByLearning(Sort sort) { return sort >= Sort::ForgottenMost && sort <= Sort::NeverLearned; }

    GalleryModel(Thumbnails& thumbnails, QObject* parent);
    /// `dataset`: the one that is open; predictions find their image in it by path. No filter holds any more.
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation, std::shared_ptr<const Dataset> dataset);
    void setLearned(std::shared_ptr<const LearnedImages> learned); ///< of this evaluation; null: nothing is known
    /// UnknownJudge::score() of each of this evaluation's predictions: above 0 it is probably of none of the classes.
    /// Null: nothing is known.
    void setUnknown(std::shared_ptr<const std::vector<std::optional<double>>> scores);
    void setEdited(std::shared_ptr<const Dataset> dataset); ///< with other labels or exclusions, nothing else
    void setPinned(std::vector<std::string> paths);         ///< these, where they are among the predictions
    void setShow(Show show);
    void setSort(Sort sort);
    void setFilter(GalleryFilter filter);
    const GalleryFilter& filter() const { return m_filter; }
    const Prediction& prediction(int row) const;
    int rowOf(std::uint32_t prediction) const;          ///< -1: it is not shown
    std::optional<std::uint32_t> sample(int row) const; ///< in the open data set; nothing where it is not there

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    void sortAll();
    void sortByLearning();
    void rebuild();
    bool isUnknown(int row) const;
    bool isPinned(const Prediction& prediction) const;
    void refresh(bool sorts, const QList<int>& roles);
    QString learningWords(int row, const QString& separator) const; ///< after the separator; empty: nothing is known
    QString unknownWords(int row, const QString& separator) const;  ///< likewise

    Thumbnails& m_thumbnails;
    std::shared_ptr<const Evaluation> m_evaluation;
    std::shared_ptr<const Dataset> m_dataset;
    std::shared_ptr<const LearnedImages> m_learned;
    std::shared_ptr<const std::vector<std::optional<double>>> m_unknown;
    Show m_show = Show::All;
    Sort m_sort = Sort::HighestLoss;
    GalleryFilter m_filter;
    std::vector<std::string> m_pinned;
    std::vector<std::uint32_t> m_sorted;                 ///< all of Evaluation::predictions, in the order asked for
    std::vector<std::uint32_t> m_rows;                   ///< those of them that are shown
    std::vector<std::optional<std::uint32_t>> m_samples; ///< of each prediction
    mutable QHash<std::uint32_t, int> m_waiting;         ///< rows whose picture is not decoded yet, by sample
};

/// By how much the most probable class is ahead of the second: 0 is a tie.
double marginOf(const Prediction& prediction);

} // namespace sightline::ui
