// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "metrics/Evaluation.h"

namespace sightline::report {

/// Sections of an evaluation of at least one image: figures with their intervals, each class, confusion, calibration.
std::string evaluationHtml(const Evaluation& evaluation);

} // namespace sightline::report
