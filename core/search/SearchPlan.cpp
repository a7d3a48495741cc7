// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SearchPlan.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "experiment/EnumWords.h"
#include "zoo/Zoo.h"

namespace sightline {

namespace {

const Words kSamplers = {"random", "grid", "tpe"};
const Words kPruners = {"none", "median", "asha"};
constexpr std::array<std::string_view, 4> kObjectives{"loss", "accuracy", "val_loss", "val_accuracy"};
constexpr double kMostPoints = 1e7;

Json baseDocument(JsonReader& reader, const std::filesystem::path& folder) {
    if (!reader.hasValue("base")) {
        reader.problem("base", "is missing: the experiment that the trials change, an object or a file");
        return Json::object();
    }
    const Json& base = reader.at("base");
    if (base.is_object())
        return base;
    if (!base.is_string()) {
        reader.problem("base", "must be an experiment { ... } or the path of a file");
        return Json::object();
    }
    Result<Json> read = readJsonFile(folder / base.get<std::string>());
    if (read)
        return std::move(*read);
    reader.problem("base", read.error().message);
    return Json::object();
}

void readBase(const Json& document, const std::vector<Setting>& changes, SearchPlan& plan,
              std::vector<Problem>& found) {
    Json changed = document;
    std::vector<Problem> inBase;
    for (const Setting& change : changes)
        if (const Result<void> set = setSetting(changed, change.path, change.value); !set)
            inBase.push_back({change.path, set.error().message});
    plan.base = experimentFromJson(changed, inBase);
    for (const Problem& problem : inBase)
        found.push_back({problem.path.empty() ? "base" : "base." + problem.path, problem.message});
}

/// "local", or { "slurm": { ... } }.
void readBackend(JsonReader& reader, SearchPlan& plan) {
    if (!reader.has("backend") || reader.at("backend") == Json("local"))
        return;
    if (!reader.at("backend").is_object()) {
        reader.problem("backend", "must be \"local\" or { \"slurm\": { .. } }");
        return;
    }
    JsonReader backend = reader.object("backend");
    if (!backend.has("slurm"))
        backend.problem("slurm", "is missing");
    JsonReader slurm = backend.object("slurm");
    plan.slurm = slurmSettingsFrom(slurm);
    backend.finish();
}

SearchPlan read(const Json& json, const std::filesystem::path& folder, const std::vector<Setting>& changes,
                std::vector<Problem>& found) {
    SearchPlan plan;
    JsonReader reader(json, "", found);
    int version = 1;
    reader.read("version", version);
    if (version != 1)
        reader.problem("version", "must be 1; this file is from another version of Sightline");
    reader.read("name", plan.name);
    if (const Json base = baseDocument(reader, folder); !base.empty())
        readBase(base, changes, plan, found);
    plan.space = searchSpaceFromJson(reader.has("space") ? reader.at("space") : Json(), found);
    reader.read("objective", plan.objective);
    int direction = monitorsMaximum(MonitorMode::Auto, plan.objective) ? 1 : 0;
    reader.readWord("direction", direction, {"min", "max"});
    plan.maximize = direction == 1;
    reader.readEnum("sampler", plan.sampler, kSamplers);
    reader.readEnum("pruner", plan.pruner, kPruners);
    reader.read("trials", plan.trials);
    reader.read("executions_per_trial", plan.executionsPerTrial);
    reader.read("seed", plan.seed);
    reader.read("parallel", plan.parallel);
    reader.read("keep_best", plan.keepBest);
    readBackend(reader, plan);
    JsonReader stop = reader.object("stop");
    stop.read("minutes", plan.minutes);
    stop.finish();
    reader.finish();
    return plan;
}

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

bool names(const Problem& problem, const std::string& path) {
    return problem.path == path || problem.path.starts_with(path + ".") || problem.path.starts_with(path + "[") ||
           (!problem.path.empty() && path.starts_with(problem.path + "."));
}

/// Whether an option is one of the network's; what values it may have only each trial can tell.
std::string unknownOption(const Experiment& base, const std::string& path) {
    const std::string_view block = "model.options.";
    const ZooEntry* network = base.model.graph.is_null() ? findInZoo(base.model.name) : nullptr;
    if (!network || !path.starts_with(block))
        return {};
    const std::string key = path.substr(block.size());
    if (std::any_of(network->options.begin(), network->options.end(),
                    [&](const ZooOption& option) { return key == option.key; }))
        return {};
    std::string known;
    for (const ZooOption& option : network->options)
        known += (known.empty() ? "" : ", ") + option.key;
    return "is no option of " + network->name + (known.empty() ? "" : "; it has " + known);
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
        std::vector<Problem> found;
        experimentAt(plan, point, found);
        for (const Problem& problem : found) {
            const bool isItsOwn = problem.path == dimension.path || problem.path.starts_with(dimension.path + ".") ||
                                  problem.path.starts_with(dimension.path + "[");
            if (isItsOwn && std::find(known.begin(), known.end(), problem) == known.end())
                return "cannot be " + shown(toText(dimension.each.external(value), -1)) + ": it " + problem.message;
        }
    }
    return {};
}

void checkSettings(const SearchPlan& plan, std::vector<Problem>& found) {
    std::vector<Problem> inBase, atPoint;
    experimentFromJson(toJson(plan.base), inBase);
    experimentAt(plan, firstPoint(plan.space), atPoint);
    std::vector<Problem> both = inBase; // what is said of the first point is not said again
    both.insert(both.end(), atPoint.begin(), atPoint.end());
    const bool choosesNetwork = std::any_of(plan.space.dimensions.begin(), plan.space.dimensions.end(),
                                            [](const Dimension& one) { return one.path == "model.name"; });
    for (const Dimension& dimension : plan.space.dimensions) {
        const std::string where = "space." + dimension.path;
        if (const std::string unknown = unknownOption(plan.base, dimension.path); !unknown.empty() && !choosesNetwork)
            found.push_back({where, unknown});
        if (const std::string wrong = impossibleValue(plan, dimension, both); !wrong.empty())
            found.push_back({where, wrong});
        for (const Problem& problem : atPoint)
            if (names(problem, dimension.path) && std::find(inBase.begin(), inBase.end(), problem) == inBase.end())
                found.push_back(
                    {where, problem.path == dimension.path ? problem.message : problem.path + " " + problem.message});
    }
}

} // namespace

std::string SearchPlan::title() const {
    return !name.empty() ? name : (base.name.empty() ? base.model.name : base.name) + ": search";
}

SearchPlan searchPlanFromJson(const Json& json, const std::filesystem::path& folder, std::vector<Problem>& found) {
    SearchPlan plan = read(json, folder, {}, found);
    for (Problem& problem : problems(plan))
        found.push_back(std::move(problem));
    return plan;
}

Result<SearchPlan> searchPlanFromJson(const Json& json, const std::filesystem::path& folder, const std::string& what,
                                      const std::vector<Setting>& changes) {
    std::vector<Problem> found;
    SearchPlan plan = read(json, folder, changes, found);
    if (found.empty())
        found = problems(plan);
    if (!found.empty())
        return badInput(what + ": " + joined(found) + ".");
    return plan;
}

Result<SearchPlan> readSearchPlan(const std::filesystem::path& file, const std::vector<Setting>& changes) {
    const Result<Json> json = readJsonFile(file);
    if (!json)
        return badInput(json.error().message);
    return searchPlanFromJson(*json, file.parent_path(), file.string(), changes);
}

Json toJson(const SearchPlan& plan) {
    Json json{{"version", 1},
              {"name", plan.name},
              {"base", toJson(plan.base)},
              {"space", toJson(plan.space)},
              {"objective", plan.objective},
              {"direction", plan.maximize ? "max" : "min"},
              {"sampler", word(kSamplers, plan.sampler)},
              {"pruner", word(kPruners, plan.pruner)},
              {"trials", plan.trials},
              {"executions_per_trial", plan.executionsPerTrial},
              {"seed", plan.seed},
              {"parallel", plan.parallel},
              {"keep_best", plan.keepBest}};
    if (plan.slurm)
        json["backend"] = {{"slurm", toJson(*plan.slurm)}};
    if (plan.minutes > 0)
        json["stop"] = {{"minutes", plan.minutes}};
    return json;
}

std::vector<Problem> problems(const SearchPlan& plan) {
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
    checkSettings(plan, found);
    return found;
}

Experiment experimentAt(const SearchPlan& plan, const Point& point, std::vector<Problem>& found) {
    Json document = toJson(plan.base);
    const Json settings = settingsOf(plan.space, point);
    for (const auto& [path, value] : settings.items())
        if (const Result<void> set = setSetting(document, path, toText(value, -1)); !set)
            found.push_back({path, set.error().message});
    return experimentFromJson(document, found);
}

std::optional<std::size_t> gridSize(const SearchSpace& space) {
    double points = 1;
    for (const Dimension& dimension : space.dimensions) {
        const auto each = static_cast<double>(dimension.each.count());
        if (each == 0)
            return std::nullopt;
        double ways = each;
        if (dimension.length) {
            ways = 0;
            for (std::size_t i = 0; i < dimension.length->count() && ways <= kMostPoints; ++i)
                ways += std::pow(each, dimension.length->valueAt(i));
        }
        points *= ways;
        if (points > kMostPoints)
            return std::nullopt;
    }
    return static_cast<std::size_t>(points);
}

int trialsOf(const SearchPlan& plan) {
    if (plan.sampler != SearchPlan::Sampler::Grid)
        return plan.trials;
    const std::size_t points = gridSize(plan.space).value_or(0);
    return static_cast<int>(std::min(points, static_cast<std::size_t>(plan.trials)));
}

} // namespace sightline
