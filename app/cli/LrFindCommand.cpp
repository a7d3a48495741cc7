// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <iostream>

#include "Commands.h"
#include "ExperimentOptions.h"

namespace sightline::cli {

namespace {

struct FindOptions {
    ExperimentOptions experiment;
    bool json = false;
};

void print(const RateCurve& curve) {
    const auto line = [](const char* name, const std::optional<double>& rate, const char* about) {
        if (rate)
            std::printf("%-14s %-8.2g %s\n", name, *rate, about);
    };
    const RateSuggestion& suggestion = curve.suggestion;
    line("valley", suggestion.valley, "two thirds into the longest fall of the loss");
    line("steep", suggestion.steep, "where the loss falls fastest");
    line("minimum_tenth", suggestion.minimumTenth, "a tenth of the rate with the lowest loss");
    if (suggestion.valley)
        std::printf("Set one as training.optimizer.learning_rate.\n");
    else if (curve.losses.empty())
        std::printf("No suggestion: the loss is not a number from the first batch on. Look at the weights and the "
                    "normalization.\n");
    else
        std::printf(
            "No suggestion: the loss hardly fell (by less than 1 %%) at the %zu rates tried. Check the labels and the "
            "frozen layers.\n",
            curve.rates.size());
}

int run(const FindOptions& options, Context& context) {
    if (options.experiment.file.empty() == options.experiment.preset.empty())
        return fail(badInput("lr-find takes either an experiment file or --preset NAME."));
    const std::stop_token stop = interruption().get_token();
    const Result<OpenedExperiment> opened = openExperiment(options.experiment, context, stop);
    if (!opened)
        return fail(opened.error());
    const Result<RateCurve> curve =
        opened->engine->findRate({opened->experiment, opened->images, context.home}, stop, [](double share) {
            showProgress("learning rates", static_cast<std::size_t>(share * 100), 100);
        });
    if (!curve)
        return fail(curve.error());
    if (options.json)
        printJson(toJson(*curve));
    else
        print(*curve);
    return 0;
}

} // namespace

void addLrFind(CLI::App& app, Context& context) {
    auto options = std::make_shared<FindOptions>();
    CLI::App* command = app.add_subcommand(
        "lr-find", "Suggest a learning rate: it rises from 1e-7 to 10 over 100 batches while a copy trains");
    addExperiment(*command, options->experiment);
    command->add_flag("--json", options->json, "Print { rates, losses, suggestion }");
    command->callback([options, &context] { context.chosen = [options, &context] { return run(*options, context); }; });
}

} // namespace sightline::cli
