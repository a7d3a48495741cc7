// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/evaluate/EvaluateTab.h"

namespace sightline::ui {

class ConfusionView;

/// The confusion matrix: counts or shares, with or without its diagonal.
class MatrixTab : public EvaluateTab {
    Q_OBJECT
public:
    static constexpr int kMostReadable = 30; ///< above, its cells have no figures: the confused pairs come first
    static constexpr int kMostClasses = 250; ///< above, cells are too small to be seen

    explicit MatrixTab(QWidget* parent = nullptr);
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation) override;
    void clearChoice() override;

private:
    ConfusionView* m_matrix;
    std::shared_ptr<const Evaluation> m_evaluation;
};

} // namespace sightline::ui
