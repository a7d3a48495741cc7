// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/Sampler.h"

#include <algorithm>
#include <cmath>

#include "support/Random.h"

namespace sightline {

namespace {

constexpr std::size_t kStartupTrials = 10;

/// FNV-1a (RFC 9923), 64 bits: the same on every machine.
std::uint64_t hashOf(const std::string& name) {
    std::uint64_t hash = 14695981039346656037u;
    for (const char character : name)
        hash = (hash ^ static_cast<unsigned char>(character)) * 1099511628211u;
    return hash;
}

bool teaches(const SearchTrial& trial) {
    return trial.state == SearchTrial::State::Pruned ||
           (trial.state == SearchTrial::State::Complete && trial.value.has_value());
}

/// A value for each of the point's numbers, in the order that they depend on each other.
template <typename Draw>
Point drawnPoint(const SearchSpace& space, Draw draw) {
    Point point;
    for (const Dimension& dimension : space.dimensions) {
        std::size_t places = 1;
        if (dimension.length) {
            const double length = draw(dimension.lengthName(), *dimension.length);
            point[dimension.lengthName()] = length;
            places = static_cast<std::size_t>(length);
        }
        for (std::size_t place = 0; place < places; ++place)
            point[dimension.nameOf(place)] = draw(dimension.nameOf(place), dimension.each);
    }
    return point;
}

/// The digits of `index` in a mixed radix, one digit a dimension; a list's digit says its length first.
Point gridPoint(const SearchSpace& space, std::size_t index) {
    Point point;
    for (auto dimension = space.dimensions.rbegin(); dimension != space.dimensions.rend(); ++dimension) {
        const std::size_t each = dimension->each.count();
        if (!dimension->length) {
            point[dimension->path] = dimension->each.valueAt(index % each);
            index /= each;
            continue;
        }
        std::vector<std::size_t> ways;
        std::size_t all = 0;
        for (std::size_t i = 0; i < dimension->length->count(); ++i) {
            ways.push_back(static_cast<std::size_t>(std::pow(each, dimension->length->valueAt(i))));
            all += ways.back();
        }
        std::size_t digit = index % all, chosen = 0;
        index /= all;
        for (; digit >= ways[chosen]; ++chosen)
            digit -= ways[chosen];
        const double length = dimension->length->valueAt(chosen);
        point[dimension->lengthName()] = length;
        for (auto place = static_cast<std::size_t>(length); place-- > 0; digit /= each)
            point[dimension->nameOf(place)] = dimension->each.valueAt(digit % each);
    }
    return point;
}

/// Sorts before another: how far a pruned trial came, and how well it did there.
std::pair<int, double> prunedRank(const SearchTrial& trial, bool maximize) {
    if (trial.reports.empty())
        return {1, 0};
    const auto& [step, report] = *trial.reports.rbegin();
    if (std::isnan(report))
        return {-step, std::numeric_limits<double>::infinity()};
    return {-step, maximize ? -report : report};
}

} // namespace

double drawEvenly(const Distribution& distribution, double uniform) {
    if (!distribution.isNumber() || (distribution.step > 0 && !distribution.log)) {
        const std::size_t count = distribution.count();
        return distribution.valueAt(
            std::min(static_cast<std::size_t>(uniform * static_cast<double>(count)), count - 1));
    }
    if (!distribution.log)
        return distribution.low + (distribution.high - distribution.low) * uniform;
    const double edge = distribution.step / 2; // whole numbers: each has its share of the logarithm
    const double low = std::log(distribution.low - edge), high = std::log(distribution.high + edge);
    const double value = std::exp(low + (high - low) * uniform);
    return std::clamp(distribution.step > 0 ? std::round(value) : value, distribution.low, distribution.high);
}

TpeSplit tpeSplit(const std::vector<SearchTrial>& trials, bool maximize, const std::string& name) {
    std::vector<const SearchTrial*> ranked = rankedTrials(trials, maximize), pruned;
    for (const SearchTrial& trial : trials)
        if (trial.state == SearchTrial::State::Pruned)
            pruned.push_back(&trial);
    std::stable_sort(pruned.begin(), pruned.end(), [&](const SearchTrial* one, const SearchTrial* other) {
        return prunedRank(*one, maximize) < prunedRank(*other, maximize);
    });
    ranked.insert(ranked.end(), pruned.begin(), pruned.end());
    const std::size_t good = std::min<std::size_t>((ranked.size() + 9) / 10, 25);
    TpeSplit split;
    const auto byNumber = [](const SearchTrial* one, const SearchTrial* other) { return one->number < other->number; };
    const auto middle = ranked.begin() + static_cast<std::ptrdiff_t>(good);
    std::sort(ranked.begin(), middle, byNumber);
    std::sort(middle, ranked.end(), byNumber);
    for (auto trial = ranked.begin(); trial != ranked.end(); ++trial)
        if (const auto found = (*trial)->point.find(name); found != (*trial)->point.end())
            (trial < middle ? split.below : split.above).push_back(found->second);
    return split;
}

Point nextPoint(const SearchPlan& plan, const std::vector<SearchTrial>& trials) {
    if (plan.sampler == SearchPlan::Sampler::Grid)
        return gridPoint(plan.space, trials.size());
    const bool learns =
        plan.sampler == SearchPlan::Sampler::Tpe &&
        static_cast<std::size_t>(std::count_if(trials.begin(), trials.end(), teaches)) >= kStartupTrials;
    return drawnPoint(plan.space, [&](const std::string& name, const Distribution& distribution) {
        CounterRandom random(plan.seed, RandomPurpose::Search, trials.size(), hashOf(name));
        return learns ? tpeValue(distribution, tpeSplit(trials, plan.maximize, name), random)
                      : drawEvenly(distribution, random.uniform());
    });
}

} // namespace sightline
