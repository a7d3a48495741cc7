// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <iostream>

#include "AtLeastZero.h"
#include "ExperimentOptions.h"
#include "engine/AskedModel.h"
#include "store/RunStore.h"

namespace sightline::cli {

namespace {

struct Settings {
    std::string run, checkpoint = "best";
    ExamplesQuestion question;
    std::vector<std::string> changes;
    int threads = 0;
    bool json = false;
};

int examples(const Settings& settings, Context& context) {
    auto store = RunStore::open(context.home);
    if (!store)
        return fail(store.error());
    const auto run = store->find(settings.run);
    if (!run)
        return fail(run.error());
    const auto dataPath = dataPathOf(settings.changes, "examples");
    if (!dataPath)
        return fail(dataPath.error());
    sayIfDamaged(run->path(), settings.checkpoint);
    const auto engine = loadEngine();
    if (!engine)
        return fail(engine.error());
    ExamplesQuestion question = settings.question;
    question.dataPath = *dataPath;
    const auto found = ask(
        **engine, ofRun(run->path(), settings.checkpoint), question, interruption().get_token(),
        [](std::size_t done, std::size_t total) { showProgress("Looking", done, total); }, settings.threads);
    if (!found)
        return fail(found.error());
    for (const std::string& skipped : found->skipped)
        std::clog << "skipped: " << skipped << '\n';
    Json all = Json::array();
    for (const Example& example : found->channels[static_cast<std::size_t>(question.channel)]) {
        all.push_back(
            {{"path", example.path}, {"value", example.value}, {"row", example.row}, {"column", example.column}});
        if (!settings.json)
            std::printf("%10.4g at %3d, %3d  %s\n", static_cast<double>(example.value), example.row, example.column,
                        example.path.c_str());
    }
    if (settings.json)
        printJson(all);
    return 0;
}

} // namespace

void addExamples(CLI::App& app, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = app.add_subcommand("examples", "List the images of a split that excite a channel most");
    command->add_option("RUN", settings->run, "A run's id, a prefix of it, its name or its folder")->required();
    ExamplesQuestion& question = settings->question;
    command->add_option("--layer", question.layer, "Layer to look into: the id of a node (`model summary` lists them)")
        ->required();
    command->add_option("--channel", question.channel, "Channel, from 0")->required()->check(atLeastZero());
    command->add_option("--split", question.split, "Split to look through")
        ->check(CLI::IsMember({"train", "val", "test"}));
    command->add_option("--top", question.top, "Number of images")->check(CLI::Range(1, 1000));
    command->add_option("--checkpoint", settings->checkpoint, "Checkpoint: best, last or an epoch");
    addDataPath(*command, settings->changes);
    addThreads(*command, settings->threads);
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return examples(*settings, context); }; });
}

} // namespace sightline::cli
