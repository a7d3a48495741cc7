// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/UnknownRule.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "support/Words.h"

namespace sightline {

namespace {

/// The smallest limit that at most a share of exchangeable images exceeds: of n known ones so many may, and the new one
/// counts as one of them. Nothing where none may.
std::optional<double> limitOf(std::vector<double> known, double share) {
    const auto exceeding = static_cast<std::size_t>(share * static_cast<double>(known.size() + 1) + 1e-9);
    if (exceeding < 1 || exceeding > known.size())
        return {};
    const auto limit = known.end() - static_cast<std::ptrdiff_t>(exceeding);
    std::nth_element(known.begin(), limit, known.end());
    return *limit;
}

double quantile(std::vector<double> values, double share) {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

std::string percent(double share) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.4g %%", share * 100);
    return text;
}

} // namespace

float energyOf(std::span<const float> logits) {
    double highest = -INFINITY, sum = 0;
    for (const float logit : logits)
        highest = std::max(highest, static_cast<double>(logit));
    for (const float logit : logits)
        sum += std::exp(static_cast<double>(logit) - highest);
    return static_cast<float>(-highest - std::log(sum));
}

Result<UnknownJudge> UnknownJudge::by(const UnknownRule& rule, double refuseShare) {
    if (!(refuseShare > 0 && refuseShare < 1))
        return badInput("The share of known images that may be refused must lie between 0 and 1.");
    UnknownJudge judge(rule);
    judge.m_layer = rule.layer;
    judge.m_width = rule.clouds.width();
    judge.m_classes = rule.clouds.classes();
    std::vector<double> energies, distances, together;
    for (const UnknownSigns& signs : rule.known) {
        energies.push_back(static_cast<double>(signs.energy));
        distances.push_back(static_cast<double>(signs.distance));
    }
    const std::optional<double> energyLimit = limitOf(energies, refuseShare);
    if (!energyLimit)
        return badInput("Unknown images cannot be told by " + counted(rule.known.size(), "validation image") +
                        ": to refuse at most " + percent(refuseShare) + " of the known ones takes " +
                        grouped(static_cast<std::size_t>(std::ceil(1 / refuseShare - 1 - 1e-9))) + " or more.");
    const auto scaleOf = [](const std::vector<double>& values) {
        const double median = quantile(values, 0.5);
        return Scale{median, quantile(values, 0.95) - median};
    };
    judge.m_energy = scaleOf(energies);
    judge.m_distance = scaleOf(distances);
    if (!(judge.m_energy.spread > 0 || judge.m_distance.spread > 0))
        return badInput("To the network all validation images look the same, so nothing tells an unknown one.");
    for (const UnknownSigns& signs : rule.known)
        together.push_back(judge.together(signs));
    judge.m_limit = *limitOf(std::move(together), refuseShare);
    judge.m_energyLimit = *energyLimit;
    return judge;
}

/// That a network is surer than of most images it knows speaks for none of them: what is strange to it can make it so.
double UnknownJudge::together(const UnknownSigns& signs) const {
    return std::max(0.0, m_energy.of(static_cast<double>(signs.energy))) +
           m_distance.of(static_cast<double>(signs.distance));
}

std::optional<double> UnknownJudge::score(std::span<const float> features, std::span<const float> logits) const {
    const UnknownSigns signs{energyOf(logits), static_cast<float>(m_nearest.distance(features))};
    if (!std::isfinite(signs.energy) || !std::isfinite(signs.distance))
        return {};
    return together(signs) - m_limit;
}

} // namespace sightline
