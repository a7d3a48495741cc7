// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "pages/evaluate/EvaluateTab.h"
#include "pages/evaluate/EvaluateTables.h"

class QLabel;
class QTableView;

namespace sightline::ui {

/// The pairs of classes that are confused most; one chosen shows its images.
class PairsTab : public EvaluateTab {
    Q_OBJECT
public:
    explicit PairsTab(QWidget* parent = nullptr);
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation) override;
    void clearChoice() override;

private:
    Table* m_table;
    QTableView* m_view;
    QLabel* m_none;
    std::vector<ConfusedPair> m_pairs; ///< a row of the table each
    std::shared_ptr<const Evaluation> m_evaluation;
};

} // namespace sightline::ui
