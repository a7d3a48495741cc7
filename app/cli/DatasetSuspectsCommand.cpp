// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "ExperimentOptions.h"
#include "FoldsNamed.h"
#include "engine/AskedModel.h"
#include "store/OutOfFold.h"
#include "store/RunStore.h"
#include "support/Words.h"

namespace sightline::cli {

namespace {

struct SuspectsOptions {
    std::string run, checkpoint = "best";
    std::vector<std::string> changes;
    int threads = 0;
    bool json = false;
};

const std::string& nameOf(const Suspects& suspects, int label) {
    return suspects.classes[static_cast<std::size_t>(label)];
}

Json documentOf(const Suspects& suspects) {
    Json list = Json::array();
    for (const SuspectLabel& one : suspects.labels) {
        const Prediction& image = suspects.predictions[one.prediction];
        list.push_back({{"path", image.path},
                        {"label", nameOf(suspects, image.truth)},
                        {"suggested", nameOf(suspects, one.suggested)},
                        {"self_confidence", one.selfConfidence},
                        {"suspect", one.isSuspect}});
    }
    return list;
}

void print(const Suspects& suspects) {
    const auto count = static_cast<std::size_t>(std::count_if(suspects.labels.begin(), suspects.labels.end(),
                                                              [](const SuspectLabel& one) { return one.isSuspect; }));
    std::printf("%s of %s suspect\n", grouped(count).c_str(), counted(suspects.labels.size(), "label").c_str());
    for (const SuspectLabel& one : suspects.labels) {
        if (!one.isSuspect)
            break;
        const Prediction& image = suspects.predictions[one.prediction];
        std::printf("%s: %s, rather %s (%.3f)\n", image.path.c_str(), nameOf(suspects, image.truth).c_str(),
                    nameOf(suspects, one.suggested).c_str(), one.selfConfidence);
    }
}

/// A run; of folds, whose runs say the same of all images that they know, the first that is left.
Result<RunFolder> runOf(RunStore& store, const std::string& runOrFolds, const std::string& checkpoint) {
    auto run = store.find(runOrFolds);
    if (run)
        return run;
    const auto group = foldsNamed(store, runOrFolds);
    if (!group)
        return group.error();
    if (!*group)
        return run;
    if (checkpoint != "best")
        return badInput("--checkpoint asks one network; give a run of these folds.");
    const std::string& id = **group;
    const auto folds = trainedFolds(store.home(), id);
    if (!folds)
        return folds.error();
    for (const std::string& fold : folds->runs)
        if (auto found = store.find(fold))
            return found;
    return badInput("No run of the folds of " + id + " is left; train --resume " + id + " trains them again.");
}

int suspects(const SuspectsOptions& options, Context& context) {
    auto store = RunStore::open(context.home);
    if (!store)
        return fail(store.error());
    const auto run = runOf(*store, options.run, options.checkpoint);
    if (!run)
        return fail(run.error());
    const auto dataPath = dataPathOf(options.changes, "dataset suspects");
    if (!dataPath)
        return fail(dataPath.error());
    const auto engine = loadEngine();
    if (!engine)
        return fail(engine.error());
    const auto found = ask(
        **engine, ofRun(run->path(), options.checkpoint), SuspectsQuestion{32, *dataPath}, interruption().get_token(),
        [](std::size_t done, std::size_t total) { showProgress("Evaluating", done, total); }, options.threads);
    if (!found)
        return fail(found.error());
    for (const std::string& note : found->notes)
        std::clog << note << '\n';
    if (found->knowsTraining && found->splits.front() == "train")
        std::clog << "Training and validation images are judged by those of the folds that were not trained on them.\n";
    else if (found->knowsTraining)
        std::clog << "Only "
                  << (found->splits.size() == 2        ? "validation and test"
                      : found->splits.front() == "val" ? "validation"
                                                       : "test")
                  << " images are looked at: the network was trained on the others.\n";
    for (const std::string& skipped : found->skipped)
        std::clog << "skipped: " << skipped << '\n';
    if (options.json)
        printJson(documentOf(*found));
    else
        print(*found);
    return 0;
}

} // namespace

void addDatasetSuspects(CLI::App& dataset, Context& context) {
    auto options = std::make_shared<SuspectsOptions>();
    CLI::App* command = dataset.add_subcommand(
        "suspects",
        "Labels of a run's validation and test images that may be wrong, the most suspect first; of folds, of "
        "all images");
    command->add_option("RUN", options->run, "A run's id, a prefix of it, its name or its folder; or a group of folds")
        ->required();
    command->add_option("--checkpoint", options->checkpoint, "Checkpoint: best, last or an epoch");
    addDataPath(*command, options->changes);
    command->add_flag("--json", options->json, "Print JSON: all labels, suspect or not");
    addThreads(*command, options->threads);
    command->callback(
        [options, &context] { context.chosen = [options, &context] { return suspects(*options, context); }; });
}

} // namespace sightline::cli
