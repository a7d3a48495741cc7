// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <iostream>

#include "Commands.h"
#include "data/Overlay.h"
#include "engine/Engine.h"
#include "suggest/Suggest.h"

namespace sightline::cli {

namespace {

struct SuggestOptions {
    DataSettings data;
    double minutes = 10;
    int threads = 0;
    bool json = false;
};

Json documentOf(const Suggestion& suggestion) {
    Json reasons = Json::array();
    for (const Reason& reason : suggestion.reasons)
        reasons.push_back({{"path", reason.path}, {"value", reason.value}, {"why", reason.why}});
    return {{"experiment", toJson(suggestion.experiment)},
            {"reasons", std::move(reasons)},
            {"seconds_per_epoch", suggestion.secondsPerEpoch}};
}

void print(const Suggestion& suggestion) {
    for (const Reason& reason : suggestion.reasons)
        std::cout << reason.path << " = " << toText(reason.value, -1) << "\n    " << reason.why << '\n';
    std::printf("About %.1f s per epoch, %.0f min in all. --json prints the whole experiment.\n",
                suggestion.secondsPerEpoch, suggestion.secondsPerEpoch * suggestion.experiment.training.epochs / 60);
}

int run(const SuggestOptions& options, const Context& context) {
    const std::stop_token stop = interruption().get_token();
    DataSettings data = options.data;
    data.split = SplitRule::Shuffled; // as it will be suggested, so that epochs are measured with it
    data.validationSplit = 0.2;
    Result<Dataset> opened = openWithOverlay(context.home, data, 42, false, stop);
    if (!opened)
        return fail(opened.error());
    const int threads = options.threads > 0 ? options.threads : availableCpus();
    const Result<Look> looked = look(*opened, threads, stop);
    if (!looked)
        return fail(looked.error());
    const Result<Engine*> engine = loadEngine();
    if (!engine)
        return fail(engine.error());
    SuggestRequest request{*looked,      options.data,    opened->hasValidation,  suggestGroups(*opened),
                           context.home, options.minutes, availableMemoryBytes(), {}};
    const auto dataset = std::make_shared<const Dataset>(std::move(*opened));
    request.epochSeconds = [&](const Experiment& experiment) -> Result<double> {
        const Result<EpochTime> time = (*engine)->measureEpoch({experiment, dataset, 1.0}, stop);
        return time ? Result<double>(time->secondsPerEpoch) : time.error();
    };
    const Result<Suggestion> suggestion = suggest(request);
    if (!suggestion)
        return fail(suggestion.error());
    if (options.json)
        printJson(documentOf(*suggestion));
    else
        print(*suggestion);
    return 0;
}

} // namespace

void addDatasetSuggest(CLI::App& dataset, Context& context) {
    auto options = std::make_shared<SuggestOptions>();
    CLI::App* command = dataset.add_subcommand(
        "suggest", "Settings to start with for these images on this machine, each with its reason");
    command->add_option("PATH", options->data.path, "Folder of class folders, archive or table")->required();
    command->add_option("--minutes", options->minutes, "Minutes that the training may take")
        ->check(CLI::Range(0.1, 100000.0));
    addThreads(*command, options->threads);
    command->add_flag("--json", options->json, "Print { experiment, reasons, seconds_per_epoch }");
    command->callback([options, &context] { context.chosen = [options, &context] { return run(*options, context); }; });
}

} // namespace sightline::cli
