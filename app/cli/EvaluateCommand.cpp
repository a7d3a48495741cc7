// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <iostream>
#include <optional>

#include "EvaluateMore.h"
#include "ExperimentOptions.h"
#include "FoldsNamed.h"
#include "NetworkOptions.h"
#include "engine/AskedModel.h"
#include "store/OutOfFold.h"
#include "store/RunStore.h"
#include "support/Words.h"

namespace sightline::cli {

namespace {

struct Settings {
    std::string run, split, checkpoint = "best", out, maps;
    std::vector<std::string> changes;
    int threads = 0, batch = 32;
    bool json = false, judgeNew = false, robustness = false;
};

void print(const Evaluation& evaluation) {
    std::printf("%s: %zu images, accuracy %.2f %%, top-5 %.2f %%, loss %.4f\n", evaluation.split.c_str(),
                evaluation.predictions.size(), evaluation.accuracy * 100, evaluation.top5Accuracy * 100,
                evaluation.loss);
    std::printf("%-24s %8s %10s %8s %8s\n", "class", "images", "precision", "recall", "f1");
    for (const ClassReport& report : evaluation.perClass)
        std::printf("%-24s %8lld %10.3f %8.3f %8.3f\n", report.name.c_str(), static_cast<long long>(report.support),
                    report.precision, report.recall, report.f1);
}

/// Of a group without images there are no figures.
void printNew(const Evaluation& fresh) {
    if (!fresh.predictions.empty())
        print(fresh);
    else if (fresh.skipped.empty())
        std::printf("No images are new.\n");
    else if (fresh.skipped.size() == 1)
        std::printf("The image that came since cannot be evaluated.\n");
    else
        std::printf("None of the %s that came since can be evaluated.\n",
                    counted(fresh.skipped.size(), "image").c_str());
}

/// On stderr: what a person should know before believing a figure.
void sayWhatToKnow(const Evaluation& evaluation, bool judgesNew) {
    for (const std::string& note : evaluation.notes)
        std::clog << note << '\n';
    const std::size_t fresh = evaluation.fresh.value_or(0);
    if (fresh > 0 && !judgesNew)
        std::clog << counted(fresh, "image") << (fresh == 1 ? " is" : " are") << " new since; --new judges "
                  << (fresh == 1 ? "it" : "them") << " too, as a group of " << (fresh == 1 ? "its" : "their")
                  << " own.\n";
    for (const std::string& skipped : evaluation.skipped)
        std::clog << "skipped: " << skipped << '\n';
    if (evaluation.newImages)
        for (const std::string& skipped : evaluation.newImages->skipped)
            std::clog << "skipped: " << skipped << '\n';
}

Result<void> writeTables(const Evaluation& evaluation, const std::filesystem::path& folder) {
    if (const auto written =
            writeFileAtomically(folder / "predictions.csv", predictionsCsv(evaluation.classes, evaluation.predictions));
        !written)
        return written;
    if (evaluation.newImages)
        if (const auto written = writeFileAtomically(
                folder / "predictions-new.csv", predictionsCsv(evaluation.classes, evaluation.newImages->predictions));
            !written)
            return written;
    return writeFileAtomically(folder / "evaluation.json", toText(toJson(evaluation)) + "\n");
}

/// Pictures into their folder, words to the terminal, all into the document.
Result<void> sayMaps(const MapsReport& report, const Settings& settings, Json& document) {
    auto maps = writeMaps(report, settings.maps);
    if (!maps)
        return maps.error();
    document["maps"] = std::move(*maps);
    document["maps_method"] = nameOf(MapsReportQuestion().method);
    document["hints"] = hintsToJson(report);
    for (const std::string& note : report.notes)
        std::clog << note << '\n';
    if (!settings.json)
        printMaps(report);
    return {};
}

/// Tables into their folder, words to the terminal.
Result<void> sayFigures(const Evaluation& evaluation, const Settings& settings) {
    sayWhatToKnow(evaluation, settings.judgeNew);
    if (!settings.out.empty())
        if (const auto written = writeTables(evaluation, settings.out); !written)
            return written;
    if (settings.json)
        return {};
    print(evaluation);
    if (evaluation.newImages)
        printNew(*evaluation.newImages);
    return {};
}

/// Of folds: what they said of each image while none of them knew it. No network is asked.
int evaluateFolds(const std::string& group, const Settings& settings, Context& context) {
    for (const auto& [isAsked, option] :
         {std::pair(!settings.split.empty(), "--split"), std::pair(settings.checkpoint != "best", "--checkpoint"),
          std::pair(settings.judgeNew, "--new"), std::pair(!settings.maps.empty(), "--maps"),
          std::pair(settings.robustness, "--robustness"), std::pair(!settings.changes.empty(), "--set")})
        if (isAsked)
            return fail(badInput(std::string(option) + " asks one network; give a run of these folds."));
    if (!settings.out.empty())
        if (const auto made = makeWritable(settings.out); !made)
            return fail(made.error());
    const auto evaluation = evaluationOfFolds(context.home, group);
    if (!evaluation)
        return fail(evaluation.error());
    if (const auto said = sayFigures(*evaluation, settings); !said)
        return fail(said.error());
    if (settings.json)
        printJson(toJson(*evaluation));
    return 0;
}

int evaluate(const Settings& settings, Context& context) {
    auto store = RunStore::open(context.home);
    if (!store)
        return fail(store.error());
    const auto run = store->find(settings.run);
    if (!run) {
        const auto folds = foldsNamed(*store, settings.run);
        if (!folds)
            return fail(folds.error());
        return *folds ? evaluateFolds(**folds, settings, context) : fail(run.error());
    }
    if (!settings.out.empty()) // before the work, not after it
        if (const auto made = makeWritable(settings.out); !made)
            return fail(made.error());
    if (!settings.maps.empty())
        if (const auto made = makeWritable(settings.maps); !made)
            return fail(made.error());
    const auto engine = loadEngine();
    if (!engine)
        return fail(engine.error());
    const auto dataPath = dataPathOf(settings.changes, "evaluate");
    if (!dataPath)
        return fail(dataPath.error());
    MoreAsked more{ofRun(run->path(), settings.checkpoint), settings.split, *dataPath, settings.threads};
    std::optional<MapsReport> maps;
    if (!settings.maps.empty()) { // first: what is wrong with the boxes is said before the long work
        auto report = evaluateMaps(**engine, more);
        if (!report)
            return fail(report.error());
        maps = std::move(*report);
    }
    const EvaluationQuestion question{settings.split, settings.batch, *dataPath, settings.judgeNew};
    const auto evaluation = ask(
        **engine, more.source, question, interruption().get_token(),
        [](std::size_t done, std::size_t total) { showProgress("Evaluating", done, total); }, settings.threads);
    if (!evaluation)
        return fail(evaluation.error());
    if (const auto said = sayFigures(*evaluation, settings); !said)
        return fail(said.error());
    Json document = toJson(*evaluation);
    more.split = evaluation->split;
    if (settings.robustness) {
        const auto robustness = evaluateRobustness(**engine, more);
        if (!robustness)
            return fail(robustness.error());
        document["robustness"] = toJson(*robustness);
        if (!settings.json)
            printRobustness(*robustness);
    }
    if (maps) {
        const auto said = sayMaps(*maps, settings, document);
        if (!said)
            return fail(said.error());
    }
    if (settings.json)
        printJson(document);
    return 0;
}

} // namespace

void addEvaluate(CLI::App& app, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = app.add_subcommand("evaluate", "Evaluate a run on a split");
    command->add_option("RUN", settings->run, "A run's id, a prefix of it, its name or its folder; or a group of folds")
        ->required();
    command->add_option("--split", settings->split, "Split to evaluate; default: test if there is one, otherwise val")
        ->check(CLI::IsMember({"train", "val", "test"}));
    command->add_option("--checkpoint", settings->checkpoint, "Checkpoint: best, last or an epoch");
    command->add_option("--out", settings->out, "Folder for predictions.csv and evaluation.json");
    command->add_option("--batch", settings->batch, "Batch size")->check(CLI::Range(1, 4096));
    addThreads(*command, settings->threads);
    command->add_flag("--new", settings->judgeNew,
                      "Also evaluate images added since the run began, as a group of their own");
    command->add_option("--maps", settings->maps,
                        "Folder for the mean heat map of each class; says where the network looks and what is odd");
    command->add_flag("--robustness", settings->robustness,
                      "Also evaluate the images made worse: turned, darker, blurred, noisy, hidden in part ...");
    addDataPath(*command, settings->changes);
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return evaluate(*settings, context); }; });
}

} // namespace sightline::cli
