// SPDX-License-Identifier: GPL-3.0-or-later
#include <iostream>

#include "Commands.h"
#include "ExperimentOptions.h"

namespace sightline::cli {

namespace {

struct BenchOptions {
    ExperimentOptions experiment;
    double seconds = 2;
    bool json = false;
};

int run(const BenchOptions& options, Context& context) {
    if (options.experiment.file.empty() == options.experiment.preset.empty())
        return fail(badInput("bench epoch takes either an experiment file or --preset NAME."));
    const std::stop_token stop = interruption().get_token();
    const Result<OpenedExperiment> opened = openExperiment(options.experiment, context, stop);
    if (!opened)
        return fail(opened.error());
    const Result<EpochTime> time =
        opened->engine->measureEpoch({opened->experiment, opened->images, options.seconds}, stop);
    if (!time)
        return fail(time.error());
    if (options.json)
        printJson({{"seconds_per_epoch", time->secondsPerEpoch},
                   {"seconds_once", time->secondsOnce},
                   {"images_per_second", time->imagesPerSecond}});
    else
        std::cout << "About " << time->secondsPerEpoch << " s per epoch, " << static_cast<long>(time->imagesPerSecond)
                  << " images/s\n";
    return 0;
}

} // namespace

void addBenchEpoch(CLI::App& app, Context& context) {
    auto options = std::make_shared<BenchOptions>();
    CLI::App* command =
        group(app, "bench", "Measure speed on this machine")
            .add_subcommand("epoch",
                            "Estimate the time of an experiment's epoch from a short measurement; no run is created");
    addExperiment(*command, options->experiment);
    command->add_option("--seconds", options->seconds, "Seconds to measure")->check(CLI::Range(0.1, 3600.0));
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([options, &context] { context.chosen = [options, &context] { return run(*options, context); }; });
}

} // namespace sightline::cli
