// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "bridge/CheckpointAsker.h"
#include "lane/Lane.h"
#include "pages/evaluate/EvaluateTab.h"
#include "pages/evaluate/SuspectsFound.h"

class QComboBox;
class QLabel;
class QPushButton;
class QTableView;

namespace sightline::ui {

class ClassPicker;
class LabelKeys;
class Session;
class Table;

/// Images whose labels are in doubt, the most doubtful first; keys relabel and exclude them, as on the Data page. Where
/// the run is one of folds, training and validation images are judged by the fold that was not trained on them. Those
/// evaluated are judged, or all that can be, as `dataset suspects` does.
class SuspectsTab : public EvaluateTab {
    Q_OBJECT
public:
    explicit SuspectsTab(Session& session, QWidget* parent = nullptr);
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation) override;
    void clearChoice() override;

Q_SIGNALS:
    void imageChosen(std::uint32_t prediction); ///< index into Evaluation::predictions

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeChoice();
    QWidget* makeActions();
    void find();
    void findAll();
    void findByFolds(const std::filesystem::path& run);
    void findBySplit(const QString& problem = {});
    void showFound(std::vector<SuspectImage> found, const QString& note);
    void showRows();
    void showNote();
    void follow();
    void showBeside(const SuspectImage& suspect);
    std::vector<std::uint32_t> selectedSamples() const;
    std::optional<std::uint32_t> sampleOf(const SuspectImage& suspect) const;

    Session& m_session;
    QComboBox* m_images;
    QLabel* m_note;
    Table* m_table;
    QTableView* m_view;
    QWidget* m_actions;
    QPushButton *m_relabel, *m_exclude;
    ClassPicker* m_picker;
    LabelKeys* m_labels;
    std::shared_ptr<const Evaluation> m_evaluation;
    std::vector<SuspectImage> m_suspects;      ///< a row of the table each
    QString m_words;                           ///< of the note
    bool m_found = false, m_filtering = false; ///< looked for in this evaluation; the gallery shows them
    CheckpointAsker m_asker;                   ///< of all that can be judged
    Lane m_lane;                               ///< last: joined first
};

} // namespace sightline::ui
