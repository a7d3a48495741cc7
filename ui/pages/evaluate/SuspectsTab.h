// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "lane/Lane.h"
#include "metrics/Suspects.h"
#include "pages/evaluate/EvaluateTab.h"

class QLabel;
class QPushButton;
class QTableView;

namespace sightline::ui {

class ClassPicker;
class DataDesk;
class LabelKeys;
class RunDesk;
class Table;

/// Images whose labels are in doubt, the most doubtful first; keys relabel and exclude them, as on the Data page. Where
/// the run is one of folds, training and validation images are judged by the fold that was not trained on them.
class SuspectsTab : public EvaluateTab {
    Q_OBJECT
public:
    SuspectsTab(DataDesk& desk, const RunDesk& runs, QWidget* parent = nullptr);
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation) override;
    void clearChoice() override;

Q_SIGNALS:
    void imageChosen(std::uint32_t prediction); ///< index into Evaluation::predictions

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeActions();
    void find();
    void findByFolds(const std::filesystem::path& run);
    void findBySplit(const QString& problem = {});
    void showFound(std::vector<SuspectLabel> found, const QString& note);
    void showRows();
    void follow();
    std::vector<std::uint32_t> selectedSamples() const;
    std::optional<std::uint32_t> sampleOf(const SuspectLabel& suspect) const;

    DataDesk& m_desk;
    const RunDesk& m_runs;
    QLabel* m_note;
    Table* m_table;
    QTableView* m_view;
    QWidget* m_actions;
    QPushButton *m_relabel, *m_exclude;
    ClassPicker* m_picker;
    LabelKeys* m_labels;
    std::shared_ptr<const Evaluation> m_evaluation;
    std::vector<SuspectLabel> m_suspects;      ///< a row of the table each
    bool m_found = false, m_filtering = false; ///< looked for in this evaluation; the gallery shows them
    Lane m_lane;                               ///< last: joined first
};

} // namespace sightline::ui
