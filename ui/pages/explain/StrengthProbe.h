// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

#include <utility>
#include <vector>

#include "augment/Corruption.h"
#include "bridge/Asker.h"
#include "bridge/Questions.h"

class QLabel;

namespace sightline::ui {

class StrengthCurve;

/// How probable the predicted and the true class are while one image gets worse in one way. Found out strength by
/// strength in the background, once a person stays with the image and the way for a moment.
class StrengthProbe : public QWidget {
    Q_OBJECT
public:
    using Changes = std::vector<std::pair<Corruption, double>>;

    StrengthProbe(EngineDoor door, Activities& activities, QWidget* parent = nullptr);

    /// `others`: what the image suffers besides. The same again changes nothing; null: no image.
    void setImage(std::shared_ptr<const HeatMapAnswer> answer, Corruption kind, Changes others);
    void setStrength(double strength); ///< where the image in view is on the curve

    /// All strengths of a curve, both directions, rising.
    static std::vector<double> strengthsOf(Corruption kind);

protected:
    void showEvent(QShowEvent* event) override; ///< what nobody sees is not asked

private:
    void askNext();
    void take(const HeatMap& map, double strength);
    void showTitle();

    std::shared_ptr<const HeatMapAnswer> m_answer;
    Corruption m_kind = Corruption::Rotation;
    Changes m_others;
    std::vector<double> m_strengths;
    std::size_t m_done = 0;
    QLabel* m_title;
    StrengthCurve* m_curve;
    QTimer m_moment;
    Asker m_asker; ///< last: joined first
};

} // namespace sightline::ui
