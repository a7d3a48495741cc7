// SPDX-License-Identifier: GPL-3.0-or-later
#include "Command.h"
#include "engine/Engine.h"
#include "zoo/Hub.h"

namespace sightline::cli {

namespace {

struct Settings {
    std::string model, weights, input, out, options = "{}";
    int classes = 1000, threads = 0;
};

int forward(const Settings& settings, const Context& context) {
    ForwardRequest request;
    request.model = settings.model;
    const auto weights = weightsFile(settings.weights, context.home, settings.model);
    if (!weights)
        return fail(weights.error());
    request.weights = *weights;
    request.classes = settings.classes;
    request.threads = settings.threads;
    auto options = parseJson(settings.options, "--options");
    if (!options)
        return fail(badInput(options.error().message));
    request.options = *options;
    auto input = readNpy(settings.input);
    if (!input)
        return fail(badInput(input.error().message));
    request.input = std::move(*input);
    const auto engine = loadEngine();
    if (!engine)
        return fail(engine.error());
    const auto logits = (*engine)->forward(request);
    if (!logits)
        return fail(logits.error());
    const auto written = writeNpy(settings.out, *logits);
    return written ? 0 : fail(written.error());
}

} // namespace

void addModelForward(CLI::App& app, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command =
        group(app, "model", "Networks").add_subcommand("forward", "Compute a network's logits for one input");
    command->add_option("MODEL", settings->model, "A name from `model list` or a graph file")->required();
    command
        ->add_option("--weights", settings->weights,
                     "Weights: a .safetensors file, or a downloaded name from `weights list`")
        ->required();
    command->add_option("--input", settings->input, "NPY of height x width x channel, normalized")->required();
    command->add_option("--out", settings->out, "NPY of the logits")->required();
    command->add_option("--classes", settings->classes, "Number of classes of the weights")
        ->check(CLI::Range(1, 1000000));
    command->add_option("--options", settings->options, "The network's options as JSON");
    addThreads(*command, settings->threads);
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return forward(*settings, context); }; });
}

} // namespace sightline::cli
