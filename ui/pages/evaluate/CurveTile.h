// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "engine/questions/Robustness.h"

class QLabel;
class QPushButton;

namespace sightline::ui {

class StrengthCurve;

/// How accuracy falls under one kind of corruption; and where it does, the way to train against it.
class CurveTile : public QWidget {
    Q_OBJECT
public:
    explicit CurveTile(Corruption kind, QWidget* parent = nullptr);
    Corruption kind() const { return m_kind; }
    /// `ofClass`: a class of the robustness, -1: none.
    void setCurve(const Robustness& robustness, const Robustness::Curve& curve, int ofClass);
    enum class Remedy { NotNeeded, Offered, There }; ///< There: the augmentation has it already
    void setRemedy(Remedy remedy, double strength);  ///< against images as bad as this

Q_SIGNALS:
    void remedyAsked();

private:
    Corruption m_kind;
    QLabel *m_fall, *m_there;
    StrengthCurve* m_curve;
    QPushButton* m_add;
};

} // namespace sightline::ui
