// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "search/Sampler.h"
#include "search/SearchPlan.h"
#include "store/RunStore.h"
#include "zoo/Zoo.h"

namespace sightline {

namespace {

constexpr std::array<std::string_view, 4> kObjectives{"loss", "accuracy", "val_loss", "val_accuracy"};
constexpr std::size_t kDrawn = 512; ///< points of which one that is possible says that trials are worth it

/// The smallest values that a point can have: enough to see whether there is such a setting.
Point firstPoint(const SearchSpace& space) {
    Point point;
    for (const Dimension& dimension : space.dimensions) {
        const std::size_t length =
            dimension.length ? static_cast<std::size_t>(std::max(1.0, dimension.length->low)) : 1;
        if (dimension.length)
            point[dimension.lengthName()] = static_cast<double>(length);
        for (std::size_t place = 0; place < length; ++place)
            point[dimension.nameOf(place)] = dimension.each.low;
    }
    return point;
}

/// What is wrong with a network whatever its images are. Whether its layers fit them only each trial can tell.
void addNetworkProblems(const ModelSettings& model, std::vector<Problem>& found) {
    if (!model.graph.is_null())
        return;
    const std::vector<Problem> wrong = zooProblems(model.name, model.options);
    found.insert(found.end(), wrong.begin(), wrong.end());
}

std::vector<Problem> problemsAt(const SearchPlan& plan, const Point& point) {
    std::vector<Problem> found;
    const Experiment experiment = experimentAt(plan, point, found);
    addNetworkProblems(experiment.model, found);
    return found;
}

/// Whether it is about the setting, a part of it, or what it is a part of.
bool names(const Problem& problem, const std::string& path) {
    return problem.path == path || problem.path.starts_with(path + ".") || problem.path.starts_with(path + "[") ||
           (!problem.path.empty() && path.starts_with(problem.path + "."));
}

/// Whether a value of the setting can be to blame: a network's name is, where it lacks an option.
bool isOf(const Problem& problem, const std::string& path) {
    return problem.path == path || problem.path.starts_with(path + ".") || problem.path.starts_with(path + "[") ||
           (path == "model.name" && problem.path.starts_with("model.options."));
}

bool isIn(const std::vector<Problem>& problems, const Problem& problem) {
    return std::find(problems.begin(), problems.end(), problem) != problems.end();
}

/// Each value of a choice, both ends of a range.
std::vector<double> extremes(const Distribution& distribution) {
    if (distribution.isNumber())
        return {distribution.low, distribution.high};
    std::vector<double> all;
    for (std::size_t i = 0; i < distribution.count(); ++i)
        all.push_back(distribution.valueAt(i));
    return all;
}

/// A value that no trial could use, whatever the others are; else empty.
std::string impossibleValue(const SearchPlan& plan, const Dimension& dimension, const std::vector<Problem>& known) {
    for (const double value : extremes(dimension.each)) {
        Point point = firstPoint(plan.space);
        point[dimension.nameOf(0)] = value;
        for (const Problem& problem : problemsAt(plan, point))
            if (isOf(problem, dimension.path) && !isIn(known, problem))
                return "cannot be " + shown(toText(dimension.each.external(value), -1)) + ": " +
                       (problem.path == dimension.path ? "it" : problem.path) + " " + problem.message;
    }
    return {};
}

void checkSettings(const SearchPlan& plan, std::vector<Problem>& found) {
    std::vector<Problem> inBase, ofNetwork;
    experimentFromJson(toJson(plan.base), inBase);
    addNetworkProblems(plan.base.model, ofNetwork);
    const std::vector<Problem> atPoint = problemsAt(plan, firstPoint(plan.space));
    std::vector<Problem> both = inBase; // what is said of the first point is not said again
    both.insert(both.end(), atPoint.begin(), atPoint.end());
    for (const Problem& problem : ofNetwork)
        if (std::none_of(plan.space.dimensions.begin(), plan.space.dimensions.end(),
                         [&](const Dimension& one) { return names(problem, one.path); }))
            found.push_back({"base." + problem.path, problem.message});
    for (const Dimension& dimension : plan.space.dimensions) {
        const std::string where = "space." + dimension.path;
        if (const std::string wrong = impossibleValue(plan, dimension, both); !wrong.empty())
            found.push_back({where, wrong});
        for (const Problem& problem : atPoint)
            if (names(problem, dimension.path) && !isIn(inBase, problem))
                found.push_back(
                    {where, problem.path == dimension.path ? problem.message : problem.path + " " + problem.message});
    }
}

} // namespace

std::vector<Problem> optionProblems(const SearchPlan& plan) {
    std::vector<Problem> found;
    const auto within = [&](const char* path, int value, int low, int high) {
        if (value < low || value > high)
            found.push_back({path, "must be " + std::to_string(low) + " to " + std::to_string(high)});
    };
    within("trials", plan.trials, 1, 1000000);
    within("executions_per_trial", plan.executionsPerTrial, 1, 100);
    within("parallel", plan.parallel, 1, plan.slurm ? 1000 : 64);
    within("keep_best", plan.keepBest, 1, 1000000);
    if (!(plan.minutes >= 0) || !std::isfinite(plan.minutes))
        found.push_back({"stop.minutes", "must be 0 or more"});
    if (std::find(kObjectives.begin(), kObjectives.end(), plan.objective) == kObjectives.end())
        found.push_back({"objective", "must be loss, accuracy, val_loss or val_accuracy"});
    if (plan.sampler == SearchPlan::Sampler::Grid && !gridSize(plan.space))
        found.push_back({"sampler", "a grid needs a step for each float and at most ten million points; give "
                                    "steps, or use random or tpe"});
    return found;
}

std::vector<Problem> problemsOfAllTrials(const SearchPlan& plan) {
    SearchPlan drawn = plan;
    drawn.sampler = SearchPlan::Sampler::Random;
    std::vector<Problem> first;
    for (std::size_t trial = 0; trial < kDrawn; ++trial) {
        std::vector<Problem> found = problemsAt(drawn, nextPoint(drawn, std::vector<SearchTrial>(trial)));
        if (found.empty())
            return {};
        if (trial == 0)
            first = std::move(found);
    }
    return first;
}

std::vector<Problem> problems(const SearchPlan& plan) {
    std::vector<Problem> found = optionProblems(plan);
    if (!checkRunName(plan.title())) // trials are runs of that name
        found.push_back({plan.name.empty() ? "base.name" : "name", "must not contain a slash or a line break"});
    checkSettings(plan, found);
    return found;
}

} // namespace sightline
