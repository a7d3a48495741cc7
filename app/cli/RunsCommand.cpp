// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "Commands.h"
#include "store/RunEvents.h"
#include "store/RunFilter.h"
#include "store/RunFork.h"
#include "store/RunStore.h"

namespace sightline::cli {

namespace {

struct Settings {
    std::string run, text;
    bool json = false;
};

struct ListSettings {
    std::vector<std::string> tags;
    std::string order = "created", filter;
    bool archived = false, json = false;
};

Json optionalNumber(const std::optional<double>& value) {
    return value ? Json(*value) : Json();
}

std::string percent(const std::optional<double>& value) {
    char text[16] = "-";
    if (value)
        std::snprintf(text, sizeof(text), "%.1f %%", *value * 100);
    return text;
}

/// A run in progress that stands.
bool isPaused(const RunSummary& summary) {
    return summary.state == "running" && readRunEvents(summary.folder / "events.jsonl").paused;
}

Json documentOf(const RunSummary& summary) {
    Json json = toJson(summary);
    json["paused"] = isPaused(summary);
    return json;
}

void printSummary(const RunSummary& summary) {
    std::string words = summary.name;
    if (isPaused(summary))
        words += " (paused)";
    for (const std::string& tag : summary.tags)
        words += " #" + tag;
    std::printf("%-22s %-12s %3d/%-3d %8s  %-14s %s%s\n", summary.id.c_str(), summary.state.c_str(), summary.epochs,
                summary.plannedEpochs, percent(summary.bestValAccuracy).c_str(), summary.network.c_str(),
                summary.starred ? "* " : "", words.c_str());
}

/// Those that are asked for, in the order asked for.
Result<std::vector<RunSummary>> chosenRuns(const ListSettings& settings, RunStore& store) {
    const auto filter = RunFilter::parse(settings.filter);
    if (!filter)
        return filter.error();
    auto runs = store.list();
    if (!runs)
        return runs;
    std::erase_if(*runs, [&](const RunSummary& run) {
        const bool tagged = std::all_of(settings.tags.begin(), settings.tags.end(), [&](const std::string& tag) {
            return std::find(run.tags.begin(), run.tags.end(), tag) != run.tags.end();
        });
        return !tagged || run.archived > settings.archived || !filter->matches(run);
    });
    sortRuns(*runs, settings.order);
    return runs;
}

int listRuns(const ListSettings& settings, Context& context) {
    auto store = RunStore::openToRead(context.home);
    if (!store)
        return fail(store.error());
    const auto runs = chosenRuns(settings, *store);
    if (!runs)
        return fail(runs.error());
    if (settings.json) {
        Json list = Json::array();
        for (const RunSummary& run : *runs)
            list.push_back(documentOf(run));
        printJson(list);
        return 0;
    }
    if (runs->empty())
        std::cout << (settings.tags.empty() && settings.filter.empty() ? "No runs yet in " + context.home.string()
                                                                       : std::string("No run is like that"))
                  << ".\n";
    for (const RunSummary& run : *runs)
        printSummary(run);
    return 0;
}

Json epochJson(const EpochMetrics& epoch) {
    return {{"epoch", epoch.epoch},
            {"loss", epoch.loss},
            {"accuracy", epoch.accuracy},
            {"val_loss", optionalNumber(epoch.valLoss)},
            {"val_accuracy", optionalNumber(epoch.valAccuracy)},
            {"learning_rate", epoch.learningRate},
            {"seconds", epoch.seconds},
            {"images_per_second", epoch.imagesPerSecond},
            {"wait_share", epoch.waitShare},
            {"skipped_images", epoch.skippedImages}};
}

int showRun(const RunFolder& run, RunStore& store, const Settings& settings) {
    const auto summary = store.summary(run);
    if (!summary)
        return fail(summary.error());
    const auto history = run.history();
    const auto classes = run.classes();
    if (settings.json) {
        Json json = documentOf(*summary);
        json["classes"] = classes ? Json(*classes) : Json();
        const auto experiment = experimentToTrain(run);
        json["experiment"] = experiment ? toJson(*experiment) : Json();
        const std::optional<RunParent> parent = parentOf(run);
        json["parent"] = parent ? Json{{"run", parent->run}, {"epoch", parent->epoch}} : Json();
        json["edits"] = Json::array();
        for (const RecordedEdit& edit : readRunEdits(run.path() / "events.jsonl"))
            json["edits"].push_back(
                {{"epoch", edit.place.epoch}, {"batch", edit.place.batch}, {"changes", edit.changes}});
        json["history"] = Json::array();
        if (history)
            for (const EpochMetrics& epoch : *history)
                json["history"].push_back(epochJson(epoch));
        printJson(json);
        return 0;
    }
    printSummary(*summary);
    std::cout << "data    " << summary->dataPath << "\nfolder  " << summary->folder.string() << '\n';
    if (!summary->reason.empty())
        std::cout << "reason  " << summary->reason << '\n';
    if (const std::optional<RunParent> parent = parentOf(run))
        std::cout << "forked  from " << parent->run << " after epoch " << parent->epoch << '\n';
    if (!summary->note.empty())
        std::cout << "note    " << summary->note << '\n';
    if (history)
        for (const EpochMetrics& epoch : *history)
            std::printf("%5d  loss %.4f  accuracy %s  val_loss %s  val_accuracy %s  learning_rate %g\n", epoch.epoch,
                        epoch.loss, percent(epoch.accuracy).c_str(),
                        epoch.valLoss ? std::to_string(*epoch.valLoss).c_str() : "-",
                        percent(epoch.valAccuracy).c_str(), epoch.learningRate);
    return 0;
}

using Action = std::function<int(const RunFolder&, RunStore&, const Settings&)>;

/// The end of a change to a run: with --json its id.
int done(const Result<void>& result, const RunFolder& run, const Settings& settings) {
    if (!result)
        return fail(result.error());
    if (settings.json)
        printJson({{"id", run.id()}});
    return 0;
}

void addAction(CLI::App& runs, Context& context, const char* name, const char* help, const char* text, Action action) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = runs.add_subcommand(name, help);
    command->add_option("RUN", settings->run, "A run's id, a prefix of it, its name or its folder")->required();
    if (text)
        command->add_option(text, settings->text, "The new text")->required();
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback([settings, &context, action] {
        context.chosen = [settings, &context, action] {
            auto store = RunStore::openToRead(context.home);
            if (!store)
                return fail(store.error());
            const auto run = store->find(settings->run);
            return run ? action(*run, *store, *settings) : fail(run.error());
        };
    });
}

} // namespace

void addRuns(CLI::App& app, Context& context) {
    CLI::App& runs = group(app, "runs", "The runs in the data home");
    auto settings = std::make_shared<ListSettings>();
    CLI::App* list = runs.add_subcommand("list", "List runs, newest first");
    list->add_option("--tag", settings->tags, "Only runs with this tag; several: with all of them");
    list->add_option("--sort", settings->order, "The best, or the newest, first")
        ->check(CLI::IsMember(std::vector<std::string>(std::begin(kRunOrders), std::end(kRunOrders))));
    list->add_option("--filter", settings->filter,
                     "Words, or comparisons such as 'val_accuracy > .9' or 'epochs >= 10'");
    list->add_flag("--archived", settings->archived, "Archived runs too");
    list->add_flag("--json", settings->json, "Print JSON");
    list->callback(
        [settings, &context] { context.chosen = [settings, &context] { return listRuns(*settings, context); }; });
    addRunsAbout(runs, context);
    addRunsCompare(runs, context);

    addAction(runs, context, "show", "Show a run: its state, history and experiment", nullptr, showRun);
    addAction(runs, context, "rename", "Rename a run", "NAME",
              [](const RunFolder& run, RunStore& store, const Settings& given) {
                  return done(store.rename(run, given.text), run, given);
              });
    addAction(runs, context, "note", "Set the note of a run", "TEXT",
              [](const RunFolder& run, RunStore& store, const Settings& given) {
                  return done(store.setNote(run, given.text), run, given);
              });
    addRunsControl(runs, context);
    addAction(runs, context, "delete", "Delete a run and its folder", nullptr,
              [](const RunFolder& run, RunStore& store, const Settings& given) {
                  return done(store.remove(run), run, given);
              });
}

} // namespace sightline::cli
