// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/explain/Answers.h"
#include "engine/explain/HeatMapTarget.h"

namespace sightline::engine {

/// What a map spoke for, by number.
Result<HeatMapTarget> targetOf(const Asked& asked, const HeatMapQuestion& question, const HeatMap& map);

/// The question with its target spelt out, so that it means the same class when the prediction is another one.
HeatMapQuestion withTarget(HeatMapQuestion question, const HeatMapTarget& target, const HeatMap& map);

} // namespace sightline::engine
