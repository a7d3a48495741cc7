// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>

#include "metrics/Curves.h"

namespace sightline::ui {

/// What the curves of a run show, in a sentence, and settings that may help, each a link. Hidden where there is nothing
/// to say.
class CurveNote : public QLabel {
    Q_OBJECT
public:
    explicit CurveNote(QWidget* parent = nullptr);

    void setReading(const CurveReading& reading);

Q_SIGNALS:
    void fieldAsked(const QString& path); ///< "training.epochs"
};

} // namespace sightline::ui
