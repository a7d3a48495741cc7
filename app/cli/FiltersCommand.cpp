// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <iostream>

#include "AtLeastZero.h"
#include "ExperimentOptions.h"
#include "NetworkOptions.h"
#include "engine/AskedModel.h"
#include "support/Words.h"

namespace sightline::cli {

namespace {

struct Settings {
    NetworkOptions network;
    FilterPicturesQuestion question;
    std::string out;
    int threads = 0;
    bool kernels = false, json = false;
};

/// "layer1.0.conv1-007.png" in the folder; absolute, so that a reader of the JSON need not know where it ran.
std::filesystem::path fileFor(const std::string& folder, const std::string& layer, int channel, const char* kind) {
    std::string name = layer;
    std::replace_if(
        name.begin(), name.end(), [](char letter) { return letter == '/' || letter == '\\' || letter < ' '; }, '_');
    char number[16];
    std::snprintf(number, sizeof number, "-%03d", channel);
    std::error_code code;
    return (std::filesystem::absolute(folder, code) / (name + kind + number + ".png")).lexically_normal();
}

int showKernels(const Settings& settings, const AskedModel& model) {
    const auto kernels = model.ask(KernelsQuestion{settings.question.layer}, interruption().get_token());
    if (!kernels)
        return fail(kernels.error());
    std::vector<int> channels = settings.question.channels;
    if (channels.empty())
        for (std::size_t i = 0; i < kernels->pictures.size(); ++i)
            channels.push_back(static_cast<int>(i));
    for (const int channel : channels)
        if (static_cast<std::size_t>(channel) >= kernels->pictures.size())
            return fail(badInput("The layer '" + kernels->layer + "' has the channels 0 to " +
                                 std::to_string(kernels->pictures.size() - 1) + "; there is no channel " +
                                 std::to_string(channel) + "."));
    Json all = Json::array();
    for (const int channel : channels) {
        const auto file = fileFor(settings.out, kernels->layer, channel, "-kernel");
        if (const auto written = writePng(file, kernels->pictures[static_cast<std::size_t>(channel)]); !written)
            return fail(written.error());
        all.push_back({{"channel", channel}, {"file", file.string()}});
    }
    if (settings.json)
        printJson(all);
    else
        std::printf("%s: %zu kernels in %s\n", kernels->layer.c_str(), channels.size(), settings.out.c_str());
    return 0;
}

/// Pictures are written as they come: what is done stays when a person stops the rest.
int showFilters(const Settings& settings, const AskedModel& model) {
    Json all = Json::array();
    std::vector<std::string> unmoved;
    Result<void> written;
    std::stop_source stop;
    const std::stop_callback passOn(interruption().get_token(), [&] { stop.request_stop(); });
    FilterPicturesQuestion question = settings.question;
    question.each = [&](const FilterPicture& picture) {
        const auto file = fileFor(settings.out, question.layer, picture.channel, "");
        if (written)
            written = writePng(file, picture.picture);
        if (!written) {
            stop.request_stop();
            return;
        }
        if (picture.start == picture.end)
            unmoved.push_back(std::to_string(picture.channel));
        all.push_back(
            {{"channel", picture.channel}, {"start", picture.start}, {"end", picture.end}, {"file", file.string()}});
        if (!settings.json)
            std::printf("channel %d: mean activation %.4g for noise, %.4g for %s\n", picture.channel, picture.start,
                        picture.end, file.filename().c_str());
    };
    const auto pictures = model.ask(question, stop.get_token(),
                                    [](std::size_t done, std::size_t total) { showProgress("Climbing", done, total); });
    if (!written)
        return fail(written.error());
    if (!pictures)
        return fail(pictures.error());
    if (!unmoved.empty())
        std::clog << "From gray noise nothing excites the channel" << (unmoved.size() == 1 ? " " : "s ")
                  << listed(unmoved) << ", so that the picture is that noise; try another --seed.\n";
    if (settings.json)
        printJson(all);
    return 0;
}

int filters(const Settings& settings, Context& context) {
    if (settings.question.layer.empty() && !settings.kernels)
        return fail(badInput("filters needs --layer NODE; `model summary` lists the nodes."));
    const auto network = openNetwork(settings.network, context, "filters", {settings.out}, true, settings.threads);
    if (!network)
        return fail(network.error());
    return settings.kernels ? showKernels(settings, *network->model) : showFilters(settings, *network->model);
}

} // namespace

void addFilters(CLI::App& app, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = app.add_subcommand("filters", "Show what pattern excites each channel of a layer");
    addNetwork(*command, settings->network);
    FilterPicturesQuestion& question = settings->question;
    command->add_option("--layer", question.layer, "Layer to look into: the id of a node (`model summary` lists them)");
    command->add_option("--channel", question.channels, "Channel, from 0; may be repeated. Default: all")
        ->check(atLeastZero())
        ->allow_extra_args(false);
    command->add_option("--steps", question.steps, "Steps of gradient ascent")->check(CLI::Range(1, 10000));
    addSeed(*command, question.seed, "Seed of the noise it starts from");
    command
        ->add_option("--jitter", question.jitter, "Shift the picture at random in each step, by at most so many pixels")
        ->check(CLI::Range(0, 1000));
    command
        ->add_option("--blur", question.blur,
                     "Blur the picture every fourth step; the Gaussian's standard deviation in pixels")
        ->check(CLI::Range(0.0, 100.0));
    CLI::Option* kernels =
        command->add_flag("--kernels", settings->kernels,
                          "Write the kernels of a convolution of the image itself instead; default: the first one");
    for (const char* climbing : {"--steps", "--seed", "--jitter", "--blur"})
        kernels->excludes(command->get_option(climbing));
    command->add_option("--out", settings->out, "Folder for the pictures, PNG")->required();
    addThreads(*command, settings->threads);
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return filters(*settings, context); }; });
}

} // namespace sightline::cli
