// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/evaluate/EvaluateTab.h"

class QLabel;

namespace sightline::ui {

class ReliabilityView;

/// Whether the network's confidence can be believed: the reliability diagram, and what it means in words.
class CalibrationTab : public EvaluateTab {
    Q_OBJECT
public:
    explicit CalibrationTab(QWidget* parent = nullptr);
    void setEvaluation(std::shared_ptr<const Evaluation> evaluation) override;
    void clearChoice() override;

private:
    void choose(int bin);

    QLabel *m_sentence, *m_error;
    ReliabilityView* m_diagram;
    std::shared_ptr<const Evaluation> m_evaluation;
};

// The words of the tab; nothing without images.
QString calibrationSentence(const Calibration& calibration); ///< "When it says 90 %, it is right 82 % of the time."
QString calibrationError(const Calibration& calibration);    ///< the mean gap, and what a temperature would make of it

} // namespace sightline::ui
