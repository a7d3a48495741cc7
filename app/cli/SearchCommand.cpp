// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <utility>

#include "Commands.h"
#include "ExperimentOptions.h"
#include "SearchWords.h"
#include "search/SearchPresets.h"
#include "search/SearchRunner.h"
#include "search/SearchSteering.h"
#include "search/SlurmSearch.h"
#include "store/RunMark.h"

namespace sightline::cli {

namespace {

struct SearchOptions {
    std::string file, preset, search;
    std::vector<std::string> settings;
    int threads = -1;
    bool json = false;
};

Result<SearchPlan> planOf(const SearchOptions& options) {
    Result<std::vector<Setting>> changes = settingsOf(options.settings);
    if (!changes)
        return changes.error();
    if (options.threads >= 0)
        changes->push_back({"training.threads", std::to_string(options.threads)});
    if (options.preset.empty())
        return readSearchPlan(options.file, *changes);
    const SearchPreset* preset = findSearchPreset(options.preset);
    if (!preset) {
        std::string names;
        for (const SearchPreset& known : searchPresets())
            names += (names.empty() ? "" : ", ") + known.name;
        return badInput("There is no search '" + shown(options.preset) + "'; available: " + names + ".");
    }
    const Result<Json> json = parseJson(preset->json, preset->name);
    return json ? searchPlanFromJson(*json, {}, preset->name, *changes) : Result<SearchPlan>(json.error());
}

/// The last line and the exit code.
int ended(const SearchEnded& search, const SearchOptions& options) {
    const SearchView& view = search.view;
    if (options.json)
        printJson(toJson(view));
    if (!search.why.empty())
        std::fprintf(stderr, "%s\n", search.why.c_str());
    if (interruption().stop_requested() && !search.why.empty())
        return 130;
    const std::optional<int> best = bestTrial(view.study.trials, view.plan.maximize);
    if (!best) {
        const auto isFailed = [](const SearchTrial& trial) { return trial.state == SearchTrial::State::Failed; };
        const auto failed = std::find_if(view.study.trials.rbegin(), view.study.trials.rend(), isFailed);
        if (failed != view.study.trials.rend())
            return fail(Error{"No trial of the search " + view.id + " was completed; trial " +
                              std::to_string(failed->number) + " failed: " + failed->error});
    } else if (!options.json) {
        printBest(view, *best);
    }
    return 0;
}

/// What a search that has begun and ended with an error needs to go on.
Error withWayOn(Error error, const SearchFolder& folder) {
    if (error.kind == ErrorKind::Cancelled || ownerOf(folder.path())) // another process runs it
        return error;
    const Result<SearchPlan> plan = folder.plan(); // as it is now: its images may have moved
    std::error_code code;
    const bool hasImages = !plan || std::filesystem::exists(plan->base.data.path, code);
    error.message += " Once that is put right, `search resume " + folder.id() + "` continues the search" +
                     (hasImages ? "." : "; --set data.path=DIR tells where its images are now.");
    return error;
}

int runIt(const SearchFolder& folder, const std::string& dataPath, const SearchOptions& options, Context& context) {
    const Result<Engine*> engine = loadEngine();
    if (!engine)
        return fail(engine.error());
    const Result<SearchPlan> plan = folder.plan();
    if (!plan)
        return fail(plan.error());
    const std::stop_token stop = interruption().get_token();
    struct sigaction before {};
    if (plan->slurm && sigaction(SIGHUP, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) // nohup's wish
        std::signal(SIGHUP, SIG_DFL); // the job goes on where the terminal closes; search resume watches it again
    SearchRequest request{context.home, folder};
    request.dataPath = dataPath;
    bool isSaid = false;
    const auto search = runSearch(**engine, request, stop, [&](const SearchEvent& event) {
        if (!std::exchange(isSaid, true))
            std::fprintf(stderr, "Search %s: %d trials; the checkpoints of the best %d are kept\n", folder.id().c_str(),
                         trialsOf(*plan), plan->keepBest);
        sayEvent(event, *plan, options.json);
    });
    return search ? ended(*search, options) : fail(withWayOn(search.error(), folder));
}

int start(const SearchOptions& options, Context& context) {
    if (options.file.empty() == options.preset.empty())
        return fail(badInput("search takes a SEARCH.json or --preset NAME; or resume, show or list."));
    const Result<SearchPlan> plan = planOf(options);
    if (!plan)
        return fail(plan.error());
    const Result<SearchFolder> folder = beginSearch(context.home, *plan, interruption().get_token());
    return folder ? runIt(*folder, {}, options, context) : fail(folder.error());
}

int steer(const SearchFolder& folder, RemoteCommand::Kind command, const std::string& done) {
    if (const Result<void> obeyed = steerSearch(folder, command, interruption().get_token()); !obeyed)
        return fail(obeyed.error());
    std::fprintf(stderr, "Search %s: %s\n", folder.id().c_str(), done.c_str());
    return 0;
}

int pause(const SearchOptions& options, Context& context) {
    const Result<SearchFolder> folder = findSearch(context.home, options.search);
    if (!folder)
        return fail(folder.error());
    const Result<SearchPlan> plan = folder->plan();
    return steer(*folder, RemoteCommand::Kind::Pause,
                 plan && plan->slurm ? "its tasks save and are held; search resume " + folder->id() + " releases them"
                                     : "paused at the next batch");
}

int stop(const SearchOptions& options, Context& context) {
    const Result<SearchFolder> folder = findSearch(context.home, options.search);
    return folder ? steer(*folder, RemoteCommand::Kind::Stop, "stops; its trials in progress are saved")
                  : fail(folder.error());
}

int resume(const SearchOptions& options, Context& context) {
    const Result<std::string> dataPath = dataPathOf(options.settings, "search resume");
    if (!dataPath)
        return fail(dataPath.error());
    const Result<SearchFolder> folder = findSearch(context.home, options.search);
    if (!folder)
        return fail(folder.error());
    if (const Result<SearchView> view = viewSearch(*folder);
        view && view->state == SearchView::State::Paused && ownerOf(folder->path()))
        return steer(*folder, RemoteCommand::Kind::Resume, "resumed"); // by whoever runs it
    return runIt(*folder, *dataPath, options, context);
}

/// What a task of a Slurm job runs: one trial.
int task(const SearchOptions& options, Context& context) {
    const std::optional<std::string> here = slurmTaskHere([](const char* name) { return std::getenv(name); });
    if (!here)
        return fail(
            badInput("search task is what the tasks of a Slurm job array run; search resume continues a search."));
    const std::stop_token stop = taskInterruption().get_token();
    const Result<SearchFolder> folder = findSearch(context.home, options.search);
    const Result<SearchPlan> plan = folder ? folder->plan() : Result<SearchPlan>(folder.error());
    const Result<Engine*> engine = plan ? loadEngine() : Result<Engine*>(plan.error());
    if (!engine)
        return fail(engine.error());
    const Result<bool> ended = runSlurmTask(**engine, {context.home, *folder}, *here, stop,
                                            [&](const SearchEvent& event) { sayEvent(event, *plan, true); });
    if (!ended)
        return fail(ended.error());
    if (*ended || !isTimeAlmostOver())
        return 0;
    std::fprintf(stderr, "The time of task %s is almost over: the trial is saved and continues later.\n",
                 here->c_str());
    const Result<void> requeued = Slurm().requeue(*here);
    return requeued ? 0 : fail(requeued.error());
}

/// A Slurm that is asked the same thing once, however many searches want to know.
Slurm askedOnce() {
    auto answers = std::make_shared<std::map<std::vector<std::string>, Result<ProgramAnswer>>>();
    return Slurm([answers](const std::vector<std::string>& command) {
        auto known = answers->find(command);
        if (known == answers->end())
            known = answers->emplace(command, runProgram(command)).first;
        return known->second;
    });
}

/// A search as it is now, also where its tasks on Slurm have ended and nobody saw it.
Result<SearchView> viewNow(const SearchFolder& folder, const Slurm& slurm = Slurm()) {
    Result<SearchView> view = viewSearch(folder);
    if (view && hasLostItsJob(*view, slurm))
        view->state = SearchView::State::Stopped;
    return view;
}

int show(const SearchOptions& options, Context& context) {
    const Result<SearchFolder> folder = findSearch(context.home, options.search);
    const Result<SearchView> view = folder ? viewNow(*folder) : Result<SearchView>(folder.error());
    if (!view)
        return fail(view.error());
    if (options.json)
        printJson(toJson(*view));
    else
        printSearch(*view);
    return 0;
}

int list(const SearchOptions& options, Context& context) {
    Json all = Json::array();
    const Slurm slurm = askedOnce();
    for (const SearchFolder& folder : searchFolders(context.home)) {
        const Result<SearchView> view = viewNow(folder, slurm);
        if (!view) {
            std::clog << folder.id() << ": " << view.error().message << '\n';
            continue;
        }
        const std::optional<int> best = bestTrial(view->study.trials, view->plan.maximize);
        const Json value = best ? Json(*view->study.trials[static_cast<std::size_t>(*best)].value) : Json();
        all.push_back({{"id", view->id},
                       {"name", view->plan.title()},
                       {"state", nameOf(view->state)},
                       {"trials", view->study.trials.size()},
                       {"objective", view->plan.objective},
                       {"best", best ? Json(*best) : Json()},
                       {"value", value}});
        if (!options.json)
            std::printf("%-22s %-10s %3d/%-3d  %s %-8s  %s\n", view->id.c_str(), nameOf(view->state),
                        endedTrials(view->study), trialsOf(view->plan), view->plan.objective.c_str(),
                        best ? toText(value).substr(0, 6).c_str() : "-", view->plan.title().c_str());
    }
    if (options.json)
        printJson(all);
    else if (all.empty())
        std::printf("No searches yet in %s.\n", context.home.c_str());
    return 0;
}

using Action = int (*)(const SearchOptions&, Context&);

struct Words {
    const char *name, *help;
    bool takesSearch = true, printsJson = true;
};

CLI::App* addAction(CLI::App& search, Context& context, const Words& words, Action action) {
    auto options = std::make_shared<SearchOptions>();
    CLI::App* command = search.add_subcommand(words.name, words.help);
    if (words.takesSearch)
        command->add_option("SEARCH", options->search, "A search's id, a prefix of it, or its name")->required();
    if (action == resume)
        addDataPath(*command, options->settings);
    if (words.printsJson)
        command->add_flag("--json", options->json, "Print JSON");
    command->callback([options, action, &context] {
        context.chosen = [options, action, &context] { return action(*options, context); };
    });
    return command;
}

} // namespace

void addSearch(CLI::App& app, Context& context) {
    auto options = std::make_shared<SearchOptions>();
    CLI::App* search = app.add_subcommand("search", "Try many settings and keep the best (SEARCH.json)");
    search->add_option("FILE", options->file, "What is to be tried: SEARCH.json");
    search->add_option("--preset", options->preset, "A search that comes with the program");
    search->add_option("--set", options->settings, "Change a setting of the base experiment, such as data.path=DIR")
        ->take_all()
        ->expected(1)
        ->allow_extra_args(false);
    addThreads(*search, options->threads);
    search->add_flag("--json", options->json, "Print the search as JSON when it has ended");
    search->require_subcommand(0, 1);
    search->callback([options, search, &context] {
        if (search->get_subcommands().empty())
            context.chosen = [options, &context] { return start(*options, context); };
    });
    addAction(*search, context, {"resume", "Go on with a search that was paused, stopped or killed"}, resume);
    addAction(*search, context, {"pause", "Pause a search in progress, also another program's", true, false}, pause);
    addAction(*search, context, {"stop", "Stop a search in progress, also another program's", true, false}, stop);
    addAction(*search, context, {"show", "Show a search: its trials, the best one, what matters"}, show);
    addAction(*search, context, {"list", "List searches, newest first", false}, list);
    addAction(*search, context, {"task", "A task of a Slurm job: one trial", true, false}, task)
        ->group(""); // not in --help
}

} // namespace sightline::cli
