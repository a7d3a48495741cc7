// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/evaluate/EvaluateTab.h"

namespace sightline::ui {

class ConfusionView;

/// The confusion matrix: counts or shares, with or without its diagonal.
class MatrixTab : public EvaluateTab {
    Q_OBJECT
public:
    static constexpr int kMostClasses = 30; ///< above, cells are too small: the most confused pairs say it

    explicit MatrixTab(QWidget* parent = nullptr);
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation) override;
    void clearChoice() override;

private:
    ConfusionView* m_matrix;
    std::shared_ptr<const Evaluation> m_evaluation;
};

} // namespace sightline::ui
