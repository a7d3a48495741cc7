// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>

#include "HeatMapOptions.h"
#include "engine/Engine.h"

namespace sightline::cli {

namespace {

struct Settings {
    std::string model, input = "224x224x3", method = "gradcam", options = "{}";
    int classes = 1000, threads = 0;
    bool json = false;
};

int bench(const Settings& settings) {
    ExplainBenchRequest request;
    request.model = settings.model;
    request.classes = settings.classes;
    request.threads = settings.threads;
    if (!parseSize(settings.input, request.height, request.width, &request.channels))
        return fail(badInput("--input " + settings.input + " is not HEIGHTxWIDTHxCHANNELS."));
    const auto method = heatMapMethodOf(settings.method);
    if (!method)
        return fail(method.error());
    request.method = *method;
    auto options = parseJson(settings.options, "--options");
    if (!options)
        return fail(badInput(options.error().message));
    request.options = *options;
    const auto engine = loadEngine();
    if (!engine)
        return fail(engine.error());
    const auto result = (*engine)->benchExplain(request);
    if (!result)
        return fail(result.error());
    if (settings.json)
        printJson({{"milliseconds", result->milliseconds}, {"forward_milliseconds", result->forwardMilliseconds}});
    else
        std::printf("%s %s: %.1f ms for a map, %.1f ms for the forward pass alone\n", settings.model.c_str(),
                    settings.method.c_str(), result->milliseconds, result->forwardMilliseconds);
    return 0;
}

} // namespace

void addBenchExplain(CLI::App& app, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command =
        group(app, "bench", "Measure speed on this machine").add_subcommand("explain", "Milliseconds for one heat map");
    command->add_option("--model", settings->model, "A name from `model list` or a graph file")->required();
    command->add_option("--input", settings->input, "HEIGHTxWIDTHxCHANNELS");
    command->add_option("--classes", settings->classes, "Number of classes")->check(CLI::Range(1, 1000000));
    addHeatMapMethod(*command, settings->method);
    command->add_option("--options", settings->options, "The network's options as JSON");
    addThreads(*command, settings->threads);
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback([settings, &context] { context.chosen = [settings] { return bench(*settings); }; });
}

} // namespace sightline::cli
