// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "metrics/Evaluation.h"

namespace sightline::ui {

QString accuracyText(const Evaluation& evaluation); ///< "97.3 %"
QString intervalText(const Evaluation& evaluation); ///< "(95.1 to 98.6 %)"; empty where there is none
QString basisText(const Evaluation& evaluation);    ///< what the accuracy is of
QString figuresText(const Evaluation& evaluation);  ///< what else there is to say, in one quiet line

} // namespace sightline::ui
