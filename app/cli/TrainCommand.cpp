// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "Commands.h"
#include "ExperimentOptions.h"
#include "TrainFolds.h"
#include "TrainPreflight.h"
#include "TrainTable.h"
#include "experiment/Presets.h"
#include "store/FoldGroup.h"
#include "store/GroupFolder.h"
#include "store/RunFork.h"
#include "store/RunImport.h"

namespace sightline::cli {

namespace {

struct TrainOptions {
    ExperimentOptions experiment;
    std::string resume, fork, at = "last", events, groupBy, presetTable, out;
    int folds = 0;
    bool saysAt = false;
    bool check = false;
    bool json = false;
};

/// Lines for a person, on stderr so that --json keeps stdout to itself.
void say(const TrainEvent& event) {
    if (const auto* started = std::get_if<RunStarted>(&event)) {
        std::fprintf(stderr, "Run %s: %d training and %d validation images, %zu classes, %lld parameters, %s\n",
                     started->run.c_str(), started->trainImages, started->validationImages, started->classes.size(),
                     static_cast<long long>(started->parameters), started->precision.c_str());
    } else if (const auto* batch = std::get_if<BatchFinished>(&event)) {
        showProgress("epoch " + std::to_string(batch->epoch), static_cast<std::size_t>(batch->batch),
                     static_cast<std::size_t>(batch->batches));
    } else if (const auto* epoch = std::get_if<EpochFinished>(&event)) {
        const EpochMetrics& m = epoch->metrics;
        std::fprintf(stderr, "epoch %d  loss %.4f  accuracy %.3f", m.epoch, m.loss, m.accuracy);
        if (m.valLoss)
            std::fprintf(stderr, "  val_loss %.4f  val_accuracy %.3f", *m.valLoss, *m.valAccuracy);
        std::fprintf(stderr, "  %.0f img/s%s", m.imagesPerSecond, epoch->best ? "  best" : "");
        if (m.waitShare > 0.05)
            std::fprintf(stderr, "  waited for images %.0f %% of the time", 100 * m.waitShare);
        std::fprintf(stderr, "\n");
    } else if (const auto* note = std::get_if<RunNote>(&event)) {
        std::fprintf(stderr, "%s\n", note->message.c_str());
    } else if (const auto* rate = std::get_if<LearningRateChanged>(&event)) {
        std::fprintf(stderr, "learning rate %g -> %g: %s\n", rate->from, rate->to, rate->reason.c_str());
    } else if (const auto* paused = std::get_if<RunPaused>(&event)) {
        std::fprintf(stderr, "%s\n", paused->paused ? "Paused." : "Resumed.");
    }
}

/// What may be said beside --resume.
Result<void> takeChanges(const ExperimentOptions& options, TrainRequest& request) {
    if (options.seed)
        return badInput("--seed cannot be changed once a run has begun; start a new run.");
    if (!options.device.empty())
        return badInput("--device cannot be changed once a run has begun; start a new run.");
    if (options.threads >= 0)
        request.threads = options.threads;
    const Result<std::vector<Setting>> settings = settingsOf(options.settings);
    if (!settings)
        return settings.error();
    for (const Setting& setting : *settings) {
        if (setting.path != "data.path")
            request.settings.push_back(setting);
        else if (setting.value.empty())
            return badInput("--set data.path: give the folder of the images, as in data.path=DIR.");
        else
            request.dataPath = setting.value;
    }
    return {};
}

/// The engine names settings, which the window has as fields.
std::string optionFor(const std::string& reason) {
    const bool isDone = reason.find("; there is nothing to resume.") != std::string::npos ||
                        reason.find("has nothing to train;") != std::string::npos;
    return isDone ? " On the command line: --set training.epochs=N." : std::string();
}

Result<RunFolder> forked(const TrainOptions& options, const std::vector<Setting>& settings, const Context& context,
                         std::optional<RunStore>& store) {
    Result<RunStore> opened = RunStore::open(context.home);
    if (!opened)
        return opened.error();
    store = std::move(*opened);
    const Result<RunFolder> parent = store->find(options.fork);
    return parent ? forkRun(*store, *parent, options.at, settings) : parent.error();
}

/// A new run that begins with the weights of another.
struct FineTuning {
    Experiment experiment;
    std::string parent; ///< id
};

/// An imported network has no course to go on with: its weights start a new run.
Result<std::optional<FineTuning>> startedFrom(const TrainOptions& options, const Context& context) {
    Result<RunStore> store = RunStore::open(context.home);
    if (!store)
        return store.error();
    const Result<RunFolder> parent = store->find(options.fork);
    if (!parent)
        return parent.error();
    if (!isImported(parent->path()))
        return std::optional<FineTuning>();
    Result<Experiment> experiment = parent->experiment();
    if (!experiment)
        return experiment.error();
    experiment->model.weights = parent->path().string();
    experiment->name += " fine-tuned";
    experiment = changedBy(options.experiment, toJson(*experiment), parent->id());
    if (!experiment)
        return experiment.error();
    return std::optional(FineTuning{std::move(*experiment), parent->id()});
}

int check(const TrainOptions& options, Context& context) {
    if (!options.resume.empty() || !options.fork.empty() || !options.events.empty() || !options.presetTable.empty() ||
        options.folds > 0 || !options.groupBy.empty())
        return fail(badInput("train --check takes an experiment file or --preset NAME, and makes no run: it goes "
                             "without --preset-table, --folds, --group-by, --resume, --fork and --events."));
    return preflight(options.experiment, options.out, options.json, context);
}

/// Says each event, and writes it to --events; a run that goes on adds to what is there.
Result<EventSink> sinkOf(const TrainOptions& options) {
    auto events = std::make_shared<std::ofstream>();
    if (!options.events.empty()) {
        events->open(options.events, options.resume.empty() ? std::ios::trunc : std::ios::app);
        if (!*events)
            return Error{"The file " + options.events + " cannot be written."};
    }
    return EventSink([events, file = options.events, quiet = options.json](const TrainEvent& event) {
        if (events->is_open() && !(*events << toText(toJson(event), -1) << std::endl)) {
            std::fprintf(stderr, "Events are missing from %s: it cannot be written any more.\n", file.c_str());
            events->close(); // a line torn off is no place to go on
        }
        if (!quiet || !std::holds_alternative<BatchFinished>(event))
            say(event);
    });
}

/// --folds, or --resume with the id of a group of folds.
int folds(const TrainOptions& options, Context& context) {
    const bool goesOn = !options.resume.empty();
    if (!goesOn && options.folds == 0)
        return fail(badInput("--group-by goes with --folds: what must not be torn apart by them."));
    if (!options.fork.empty() || !options.presetTable.empty() ||
        (goesOn && (options.folds > 0 || !options.experiment.settings.empty())))
        return fail(badInput(goesOn ? "Folds that are resumed keep their number and their settings."
                                    : "--folds takes an experiment file or --preset NAME, nothing else."));
    Experiment experiment;
    if (!goesOn) {
        Result<Experiment> given = experimentOf(options.experiment);
        if (!given)
            return fail(given.error());
        experiment = std::move(*given);
        if (!options.groupBy.empty())
            setGroupBy(experiment, options.groupBy);
    }
    const Result<EventSink> sink = sinkOf(options);
    if (!sink)
        return fail(sink.error());
    return trainFolds({options.resume, options.folds, options.experiment.threads, options.json}, experiment, context,
                      *sink);
}

/// --preset-table, or --resume with the id of its group.
int table(const TrainOptions& options, Context& context) {
    if (!options.resume.empty() && !options.experiment.settings.empty())
        return fail(badInput("A table that is resumed keeps its settings."));
    const Result<EventSink> sink = sinkOf(options);
    if (!sink)
        return fail(sink.error());
    return trainTable({options.presetTable, options.resume, options.experiment, options.json}, context, *sink);
}

int run(const TrainOptions& options, Context& context) {
    const std::optional<RunGroup::Kind> group = kindOfGroup(context.home, options.resume);
    if (options.experiment.file.empty() + options.experiment.preset.empty() + options.presetTable.empty() +
            options.resume.empty() + options.fork.empty() !=
        4)
        return fail(badInput("train takes exactly one of: an experiment file, --preset NAME, --preset-table NAME, "
                             "--resume RUN, --fork RUN."));
    if (options.saysAt && options.fork.empty())
        return fail(badInput("--at goes with --fork: the checkpoint that the new run begins with."));
    const Result<std::optional<RankPlace>> ranks = rankPlace([](const char* name) { return std::getenv(name); });
    if (!ranks)
        return fail(ranks.error());
    const bool trainsFolds = options.folds > 0 || !options.groupBy.empty() || group == RunGroup::Kind::Folds,
               trainsTable = !options.presetTable.empty() || group == RunGroup::Kind::Table;
    if (*ranks && (options.check || trainsFolds || trainsTable))
        return fail(badInput(std::string("train ") +
                             (options.check ? "--check"
                              : trainsFolds ? "--folds"
                                            : "--preset-table") +
                             " takes one process; start it without torchrun or srun."));
    if (options.check)
        return check(options, context);
    if (!options.out.empty())
        return fail(badInput("train --out goes with --check: the batch in pictures."));
    if (trainsFolds)
        return folds(options, context);
    if (trainsTable)
        return table(options, context);
    const bool speaks = !*ranks || (*ranks)->rank == 0; // for all processes
    TrainRequest request;
    request.home = context.home;
    request.resume = options.resume;
    request.ranks = *ranks;
    std::optional<RunStore> store;
    std::optional<RunFolder> fork;
    bool forks = !options.fork.empty();
    std::string imported; ///< the parent's id, where it is no course to go on with
    if (forks) {
        Result<std::optional<FineTuning>> started = startedFrom(options, context);
        if (!started)
            return fail(started.error());
        if (*started) {
            request.experiment = std::move((*started)->experiment);
            imported = (*started)->parent;
            forks = false;
        }
    }
    if (!options.resume.empty() || forks) {
        if (const Result<void> taken = takeChanges(options.experiment, request); !taken)
            return fail(taken.error());
    } else if (options.fork.empty()) {
        Result<Experiment> experiment = experimentOf(options.experiment);
        if (!experiment)
            return fail(experiment.error());
        request.experiment = std::move(*experiment);
    }
    const Result<EventSink> sink = speaks ? sinkOf(options) : EventSink();
    if (!sink)
        return fail(sink.error());
    const Result<Engine*> engine = loadEngine();
    if (!engine)
        return fail(engine.error());
    if (forks && speaks) {
        Result<RunFolder> made = forked(options, request.settings, context, store);
        if (!made)
            return fail(made.error());
        fork = std::move(*made);
        request.resume = fork->path().string();
    }
    if (forks)
        request.settings.clear(); // the fork has them
    bool begun = false;
    TrainControl control;
    const RunEnded ended = (*engine)->train(request, interruption().get_token(), control, [&](const TrainEvent& event) {
        begun = begun || std::holds_alternative<RunStarted>(event);
        if (const auto* started = std::get_if<RunStarted>(&event); started && !imported.empty())
            if (const auto told = writeParent(RunFolder(context.home / "runs" / started->run), {imported, 0}); !told)
                std::clog << told.error().message << '\n';
        if (*sink)
            (*sink)(event);
        if (const Preset* preset = findPreset(options.experiment.preset);
            preset && std::holds_alternative<RunStarted>(event))
            std::fprintf(stderr, "%s\n", preset->about.c_str());
    });
    if (fork && !begun) // by now it may be another program's
        static_cast<void>(unmakeFork(*store, *fork));
    if (options.json && speaks)
        printJson(toJson(TrainEvent{ended}));
    if (ended.outcome == RunEnded::Outcome::Failed)
        return fail({ended.reason + optionFor(ended.reason), ended.errorKind});
    if (ended.run.empty() && speaks)
        std::fprintf(stderr, "%s\n", ended.reason.c_str()); // there is no run to name
    else if (!options.json && speaks)
        std::cout << "Run " << ended.run << " " << nameOf(ended.outcome) << ", best epoch " << ended.bestEpoch << ": "
                  << ended.folder << '\n';
    return ended.outcome == RunEnded::Outcome::Stopped && interruption().stop_requested() ? 130 : 0;
}

} // namespace

void addTrain(CLI::App& app, Context& context) {
    auto options = std::make_shared<TrainOptions>();
    CLI::App* command = app.add_subcommand("train", "Train from an experiment file or a preset, or resume a run");
    addExperiment(*command, options->experiment);
    command->add_option("--preset-table", options->presetTable,
                        "Train all experiments that a text compares, and print its table: " + presetTableNames());
    command->add_option("--resume", options->resume,
                        "Resume this run from its last checkpoint, or a group with what it lacks");
    command->add_option("--fork", options->fork, "Train a new run that begins with a checkpoint of this run");
    CLI::Option* at = command->add_option("--at", options->at, "With --fork: best, last or an epoch that was kept");
    command->add_option("--events", options->events, "Write one JSON event per line to this file");
    command
        ->add_option("--folds", options->folds,
                     "Train K runs of which each validates on another part of the images that are not for testing")
        ->check(CLI::Range(2, 1000));
    command->add_option("--group-by", options->groupBy,
                        "With --folds: keep images together whose paths give the same (group) of this pattern, or "
                        "whose rows have the same cell in this column");
    command->add_flag("--check", options->check,
                      "Try one batch, the speeds, memory, time and disk of the whole run; no run is created");
    command->add_option("--out", options->out,
                        "With --check: its batch as the network gets it, as one picture (FILE.png) or, in a folder, "
                        "as a picture and a table");
    command->add_flag("--json", options->json, "Print how the run ended, or what --check found, as JSON");
    command->callback([options, at, &context] {
        options->saysAt = at->count() > 0;
        context.chosen = [options, &context] { return run(*options, context); };
    });
}

} // namespace sightline::cli
