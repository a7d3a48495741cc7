// SPDX-License-Identifier: GPL-3.0-or-later
#include <iostream>

#include "Commands.h"
#include "engine/Engine.h"

namespace sightline::cli {

namespace {

struct BenchOptions {
    TrainBenchRequest request;
    std::string input = "128x128x3", options = "{}", precision = "auto";
    bool json = false;
};

int run(BenchOptions& options) {
    TrainBenchRequest& request = options.request;
    if (!parseSize(options.input, request.height, request.width, &request.channels))
        return fail(badInput("--input " + options.input + ": use HEIGHTxWIDTHxCHANNELS, such as 128x128x3."));
    Result<Json> parsed = parseJson(options.options, "--options");
    if (!parsed)
        return fail(parsed.error());
    request.options = std::move(*parsed);
    request.precision = options.precision == "fp32"   ? Precision::Fp32
                        : options.precision == "bf16" ? Precision::Bf16
                                                      : Precision::Auto;
    const Result<Engine*> engine = loadEngine();
    if (!engine)
        return fail(engine.error());
    const Result<TrainBench> bench = (*engine)->benchTrain(request);
    if (!bench)
        return fail(bench.error());
    if (options.json)
        printJson({{"images_per_second", bench->imagesPerSecond},
                   {"peak_rss_bytes", bench->peakRssBytes},
                   {"precision", bench->precision}});
    else
        std::cout << static_cast<long>(bench->imagesPerSecond) << " images/s (" << bench->precision << ", peak "
                  << bench->peakRssBytes / (1 << 20) << " MiB)\n";
    return 0;
}

} // namespace

void addBenchTrain(CLI::App& app, Context& context) {
    auto options = std::make_shared<BenchOptions>();
    CLI::App* command = group(app, "bench", "Measure speed on this machine")
                            .add_subcommand("train", "Complete training steps on random images");
    command->add_option("--model", options->request.model, "Network of the zoo, or a GraphSpec file")->required();
    command->add_option("--input", options->input, "HEIGHTxWIDTHxCHANNELS");
    command->add_option("--classes", options->request.classes, "Number of classes")->check(CLI::Range(2, 100000));
    command->add_option("--batch", options->request.batch, "Batch size")->check(CLI::Range(1, 65536));
    command->add_option("--options", options->options, "The network's options as JSON");
    command->add_option("--precision", options->precision, "auto, fp32 or bf16")
        ->check(CLI::IsMember({"auto", "fp32", "bf16"}));
    addThreads(*command, options->request.threads);
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([options, &context] { context.chosen = [options] { return run(*options); }; });
}

} // namespace sightline::cli
