// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/SameTarget.h"

#include "engine/questions/TargetClasses.h"

namespace sightline::engine {

namespace {
int countOf(const HeatMap& map) {
    return static_cast<int>(map.probabilities.size());
}
} // namespace

Result<HeatMapTarget> targetOf(const Asked& asked, const HeatMapQuestion& question, const HeatMap& map) {
    return parseHeatMapTarget(question.target, asked.model().classes, countOf(map), map.predicted, question.truth);
}

HeatMapQuestion withTarget(HeatMapQuestion question, const HeatMapTarget& target, const HeatMap& map) {
    question.target = targetText(map.classes, target.positive, target.negative);
    return question;
}

} // namespace sightline::engine
