// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SearchPlan.h"

#include <algorithm>
#include <cmath>

#include "experiment/EnumWords.h"

namespace sightline {

namespace {

const Words kSamplers = {"random", "grid", "tpe"};
const Words kPruners = {"none", "median", "asha"};
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

/// What is wrong beside what is said already: nothing that only follows from it, so of settings whose values could not
/// be read, and of a base that is not there, no more is asked.
std::vector<Problem> furtherProblems(const SearchPlan& plan, const std::vector<Problem>& said) {
    const auto isSaid = [&](const std::string& path) {
        return std::any_of(said.begin(), said.end(), [&](const Problem& problem) {
            return problem.path == path || problem.path.starts_with(path + ".");
        });
    };
    const bool hasBase =
        std::none_of(said.begin(), said.end(), [](const Problem& problem) { return problem.path == "base"; });
    SearchPlan sound = plan;
    std::erase_if(sound.space.dimensions, [&](const Dimension& one) { return isSaid("space." + one.path); });
    std::vector<Problem> further = hasBase ? problems(sound) : optionProblems(sound);
    std::erase_if(further, [&](const Problem& problem) { return isSaid(problem.path); });
    return further;
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
    readSearchOptions(reader, plan);
    reader.finish();
    return plan;
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
    const std::vector<Problem> further = furtherProblems(plan, found);
    found.insert(found.end(), further.begin(), further.end());
    if (!found.empty())
        return badInput(what + ": " + joined(found) + ".");
    return plan;
}

Result<SearchPlan> storedSearchPlan(const Json& json, const std::filesystem::path& folder, const std::string& what) {
    std::vector<Problem> found;
    SearchPlan plan = read(json, folder, {}, found);
    if (found.empty())
        found = optionProblems(plan);
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

void readSearchOptions(JsonReader& reader, SearchPlan& plan) {
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
}

Json searchOptionsToJson(const SearchPlan& plan) {
    Json json{{"objective", plan.objective},
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

Json toJson(const SearchPlan& plan) {
    Json json{{"version", 1}, {"name", plan.name}, {"base", toJson(plan.base)}, {"space", toJson(plan.space)}};
    json.update(searchOptionsToJson(plan));
    return json;
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
