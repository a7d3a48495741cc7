// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/SameTarget.h"

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
    const std::string numbers = target.negative < 0
                                    ? std::to_string(target.positive)
                                    : std::to_string(target.positive) + "-" + std::to_string(target.negative);
    // Names can be numbers, and hold dashes: whichever reads as the same target.
    for (const std::string& text : {target.name, numbers}) {
        const auto read = parseHeatMapTarget(text, map.classes, countOf(map), map.predicted, question.truth);
        if (read && read->positive == target.positive && read->negative == target.negative) {
            question.target = text;
            break;
        }
    }
    return question;
}

} // namespace sightline::engine
