// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/evaluate/EvaluateTab.h"

class QTableView;

namespace sightline::ui {

class Table;

/// Each class with its figures; one chosen shows its images.
class ClassesTab : public EvaluateTab {
    Q_OBJECT
public:
    explicit ClassesTab(QWidget* parent = nullptr);
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation) override;
    void clearChoice() override;

private:
    void makeRoomForNames();

    Table* m_table;
    QTableView* m_view;
    std::shared_ptr<const Evaluation> m_evaluation;
};

} // namespace sightline::ui
