// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "Commands.h"
#include "store/RunStore.h"

namespace sightline::cli {

namespace {

struct Settings {
    std::string run; ///< of tag
    std::vector<std::string> runs, words;
    bool off = false, json = false;
};

/// Changes what is said of each run, all of them found before the first is changed; with --json prints what is said
/// now.
int change(const Settings& settings, Context& context, const std::function<void(RunAbout&)>& by) {
    auto store = RunStore::open(context.home);
    if (!store)
        return fail(store.error());
    std::vector<RunFolder> runs;
    for (const std::string& name : settings.runs) {
        auto run = store->find(name);
        if (!run)
            return fail(run.error());
        runs.push_back(std::move(*run));
    }
    Json said = Json::array();
    for (const RunFolder& run : runs) {
        RunAbout about = run.about();
        by(about);
        if (const auto written = store->setAbout(run, about); !written)
            return fail(written.error());
        said.push_back(
            {{"id", run.id()}, {"tags", about.tags}, {"starred", about.starred}, {"archived", about.archived}});
    }
    if (settings.json)
        printJson(runs.size() == 1 ? said.front() : said);
    return 0;
}

int tag(Settings settings, Context& context) {
    settings.runs = {settings.run};
    return change(settings, context, [&](RunAbout& about) {
        for (const std::string& word : settings.words) {
            const auto at = std::find(about.tags.begin(), about.tags.end(), word);
            if (settings.off && at != about.tags.end())
                about.tags.erase(at);
            else if (!settings.off && at == about.tags.end())
                about.tags.push_back(word);
        }
    });
}

void addFlag(CLI::App& runs, Context& context, const char* name, const char* help, const char* off,
             bool RunAbout::*flag) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = runs.add_subcommand(name, help);
    command->add_option("RUN", settings->runs, "Ids of runs, prefixes of them, names or folders")->required();
    command->add_flag("--off", settings->off, off);
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback([settings, &context, flag] {
        context.chosen = [settings, &context, flag] {
            return change(*settings, context, [&](RunAbout& about) { about.*flag = !settings->off; });
        };
    });
}

} // namespace

void addRunsAbout(CLI::App& runs, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = runs.add_subcommand("tag", "Give a run tags, words to find it by");
    command->add_option("RUN", settings->run, "A run's id, a prefix of it, its name or its folder")->required();
    command->add_option("WORD", settings->words, "Tags")->required();
    command->add_flag("--off", settings->off, "Take these tags away");
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return tag(*settings, context); }; });
    addFlag(runs, context, "star", "Mark a run with a star", "Take the star away", &RunAbout::starred);
    addFlag(runs, context, "archive", "Hide a run from the list without deleting it", "Show it again",
            &RunAbout::archived);
}

} // namespace sightline::cli
