// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>

#include "EvaluateMore.h"

namespace sightline::cli {

Result<Robustness> evaluateRobustness(Engine& engine, const MoreAsked& asked) {
    RobustnessQuestion question;
    question.split = asked.split;
    question.dataPath = asked.dataPath;
    return ask(
        engine, asked.source, std::move(question), interruption().get_token(),
        [](std::size_t done, std::size_t total) { showProgress("Robustness", done, total); }, asked.threads);
}

void printRobustness(const Robustness& robustness) {
    std::printf("\naccuracy as images get worse (%s, %zu images)\n", robustness.split.c_str(), robustness.images);
    for (const auto& curve : robustness.curves) {
        std::printf("%-12s", nameOf(curve.kind));
        for (const auto& point : curve.points)
            std::printf("  %g: %.1f %%", point.strength, point.accuracy * 100);
        std::printf("  (%s)\n", scaleOf(curve.kind).unit);
    }
}

} // namespace sightline::cli
