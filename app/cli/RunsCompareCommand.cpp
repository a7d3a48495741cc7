// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "Commands.h"
#include "ExperimentOptions.h"
#include "engine/AskedModel.h"
#include "metrics/Comparison.h"
#include "metrics/EpochJson.h"
#include "store/OtherContents.h"
#include "store/RunImport.h"
#include "store/RunStore.h"
#include "store/SettingsDifference.h"
#include "support/Words.h"

namespace sightline::cli {

namespace {

struct Settings {
    std::vector<std::string> runs, set;
    std::string split;
    int threads = 0;
    bool json = false;
};

struct ComparedRun {
    RunFolder folder;
    Experiment experiment;
    RunSummary summary;
    std::vector<EpochMetrics> history;
};

Result<std::vector<ComparedRun>> opened(const Settings& settings, Context& context) {
    if (settings.runs.size() < 2)
        return badInput("runs compare takes at least two runs.");
    auto store = RunStore::openToRead(context.home);
    if (!store)
        return store.error();
    std::vector<ComparedRun> runs;
    for (const std::string& name : settings.runs) {
        const auto folder = store->find(name);
        if (!folder)
            return folder.error();
        auto experiment = folder->experiment();
        if (!experiment)
            return experiment.error();
        auto history = folder->history();
        if (!history)
            return history.error();
        for (const ComparedRun& other : runs)
            if (other.folder.id() == folder->id())
                return badInput("The run " + folder->id() + " is given twice; compare it with another one.");
        runs.push_back({*folder, std::move(*experiment), folder->summary(), std::move(*history)});
    }
    return runs;
}

/// The epoch of the best checkpoint, and the last; null where the run has none.
Json metricsOf(const ComparedRun& run) {
    Json json{{"run", run.folder.id()}, {"best", nullptr}, {"last", nullptr}};
    for (const EpochMetrics& epoch : run.history)
        if (epoch.epoch == run.summary.bestEpoch)
            json["best"] = toJson(epoch);
    if (!run.history.empty())
        json["last"] = toJson(run.history.back());
    return json;
}

Result<std::pair<Evaluation, Evaluation>> judged(const std::vector<ComparedRun>& runs, const Settings& settings) {
    const auto engine = loadEngine();
    if (!engine)
        return engine.error();
    std::vector<Evaluation> both;
    const Result<std::string> place = dataPathOf(settings.set, "runs compare");
    if (!place)
        return place.error();
    EvaluationQuestion question;
    question.split = settings.split;
    question.dataPath = *place;
    for (const ComparedRun& run : runs) {
        auto evaluation = ask(
            **engine, ofRun(run.folder.path(), "best"), question, interruption().get_token(),
            [](std::size_t done, std::size_t total) { showProgress("Evaluating", done, total); }, settings.threads);
        if (!evaluation)
            return evaluation.error();
        question.split = evaluation->split; // the same images of both
        both.push_back(std::move(*evaluation));
    }
    return std::pair(std::move(both[0]), std::move(both[1]));
}

Json pathsOf(const std::vector<ComparedImage>& images, const Evaluation& first) {
    Json paths = Json::array();
    for (const ComparedImage& image : images)
        paths.push_back(first.predictions[image.first].path);
    return paths;
}

/// What both say of each class that both know.
Json perClass(const Evaluation& first, const Evaluation& second) {
    Json classes = Json::array();
    for (const auto& [one, other] : comparedClasses(first, second))
        classes.push_back({{"name", one.name},
                           {"support", {one.support, other.support}},
                           {"precision", {one.precision, other.precision}},
                           {"recall", {one.recall, other.recall}},
                           {"f1", {one.f1, other.f1}}});
    return classes;
}

std::string valueText(const Json& value) {
    return value.is_null() ? "-" : value.is_string() ? value.get<std::string>() : value.dump();
}

std::string shareText(const Json& share) {
    char text[16] = "-";
    if (share.is_number())
        std::snprintf(text, sizeof(text), "%.1f %%", share.get<double>() * 100);
    return text;
}

void print(const std::vector<ComparedRun>& runs, const std::vector<DifferingSetting>& settings) {
    for (const ComparedRun& run : runs)
        std::printf("%s  %s: best val_accuracy %s of %d epochs\n", run.folder.id().c_str(), run.summary.name.c_str(),
                    run.summary.bestValAccuracy ? Json(*run.summary.bestValAccuracy).dump().c_str() : "-",
                    run.summary.epochs);
    if (settings.empty())
        std::printf("The settings are the same.\n");
    for (const DifferingSetting& setting : settings) {
        std::printf("%-40s", setting.path.c_str());
        for (const Json& value : setting.values)
            std::printf("  %s", valueText(value).c_str());
        std::printf("\n");
    }
}

void print(const Comparison& comparison, const std::string& split) {
    std::printf("%s images: both right %zu, both wrong %zu, only the first right %zu, only the second right %zu; "
                "McNemar's p %.4g\n",
                split.c_str(), comparison.bothRight.size(), comparison.bothWrong.size(), comparison.onlyFirst.size(),
                comparison.onlySecond.size(), comparison.p);
}

void sayWhatIsNotCompared(const Comparison& comparison, const OtherContents& other) {
    if (comparison.leftOut > 0)
        std::clog << "Not compared: " << counted(comparison.leftOut, "image")
                  << " of which only one run knows the image or its class.\n";
    if (comparison.otherContents > 0)
        std::clog << "Not compared: " << counted(comparison.otherContents, "image")
                  << (comparison.otherContents == 1 ? " has" : " have") << " the same name but other contents.\n";
    if (!other.isKnown)
        std::clog << "Images are matched by name only: one of the runs keeps no list of its images.\n";
}

int compare(const Settings& settings, Context& context) {
    const auto runs = opened(settings, context);
    if (!runs)
        return fail(runs.error());
    std::vector<Json> experiments;
    std::vector<bool> imported;
    Json document{{"settings", Json::array()}, {"metrics", Json::array()}};
    for (const ComparedRun& run : *runs) {
        experiments.push_back(wholeSettings(run.experiment));
        imported.push_back(isImported(run.folder.path()));
        document["metrics"].push_back(metricsOf(run));
    }
    const std::vector<DifferingSetting> differing = settingsThatDiffer(std::move(experiments), imported);
    for (const DifferingSetting& setting : differing)
        document["settings"].push_back({{"path", setting.path}, {"values", setting.values}});
    if (!settings.json)
        print(*runs, differing);
    if (runs->size() == 2) {
        const auto both = judged(*runs, settings);
        const bool isAsked = !settings.split.empty() || !settings.set.empty();
        if (!both && (both.error().kind == ErrorKind::Cancelled || isAsked))
            return fail(both.error());
        if (!both) { // settings and figures need no images
            std::clog << "The images are not compared: " << both.error().message << '\n';
            document["images"] = document["mcnemar_p"] = document["per_class"] = nullptr;
        } else {
            const auto& [first, second] = *both;
            const auto other = otherContents((*runs)[0].folder.path(), (*runs)[1].folder.path());
            if (!other)
                return fail(other.error());
            const Comparison comparison = compared(first, second, other->paths);
            sayWhatIsNotCompared(comparison, *other);
            document["images"] = {
                {"both_right", comparison.bothRight.size()},
                {"both_wrong", comparison.bothWrong.size()},
                {"not_compared", comparison.leftOut + comparison.otherContents},
                {"only", {pathsOf(comparison.onlyFirst, first), pathsOf(comparison.onlySecond, first)}}};
            document["mcnemar_p"] = comparison.p;
            document["per_class"] = perClass(first, second);
            if (!settings.json)
                print(comparison, first.split);
            for (const Json& one : settings.json ? Json::array() : document["per_class"])
                std::printf("%-30s recall %s and %s, precision %s and %s\n", one["name"].get<std::string>().c_str(),
                            shareText(one["recall"][0]).c_str(), shareText(one["recall"][1]).c_str(),
                            shareText(one["precision"][0]).c_str(), shareText(one["precision"][1]).c_str());
        }
    }
    if (settings.json)
        printJson(document);
    return 0;
}

} // namespace

void addRunsCompare(CLI::App& runs, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = runs.add_subcommand(
        "compare", "Settings that differ and figures of several runs; of two, the images that only one gets right");
    command->add_option("RUN", settings->runs, "Ids of runs, prefixes of them, names or folders")->required();
    command->add_option("--split", settings->split, "Whose images; default: test if there is one, otherwise val")
        ->check(CLI::IsMember({"train", "val", "test"}));
    addDataPath(*command, settings->set);
    addThreads(*command, settings->threads);
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return compare(*settings, context); }; });
}

} // namespace sightline::cli
