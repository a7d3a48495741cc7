// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "bridge/CheckpointAsker.h"
#include "bridge/Session.h"
#include "pages/evaluate/EvaluateTab.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace sightline::ui {

class CurveTile;
class ProgressBar;

/// How accuracy falls when images get worse, for each kind a curve; measured when asked for. A class chosen shows its
/// own curves, and its images in the gallery. A curve that falls leads to the augmentation.
class RobustnessCurvesTab : public EvaluateTab {
    Q_OBJECT
public:
    RobustnessCurvesTab(Session& session, QWidget* parent = nullptr);
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation) override;
    void clearChoice() override;

private:
    QLayout* makeTools();
    QWidget* makeTiles();
    void measure(); ///< or cancels it
    void forget();
    void showState();
    void showCurves();
    void showRemedies();
    void chooseClass();
    void add(const CurveTile& tile);

    Session& m_session;
    QLabel* m_note;
    QComboBox* m_class;
    QPushButton* m_measure;
    ProgressBar* m_progress;
    QWidget* m_figures;
    std::vector<CurveTile*> m_tiles;
    std::shared_ptr<const Evaluation> m_evaluation;
    std::optional<Robustness> m_robustness; ///< of the run in view
    QString m_failure;
    CheckpointAsker m_asker; ///< last: joined first
};

} // namespace sightline::ui
