// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "ExperimentOptions.h"
#include "ImagePlaces.h"
#include "NamedImages.h"
#include "NetworkOptions.h"
#include "engine/AskedModel.h"
#include "engine/ChannelGrid.h"
#include "support/Words.h"

namespace sightline::cli {

namespace {

struct Settings {
    NetworkOptions network;
    std::string layer, out, png;
    int threads = 0;
    bool json = false;
};

Json toJson(const Activations& activations, const std::string& image) {
    double sum = 0;
    std::size_t numbers = 0;
    float low = std::numeric_limits<float>::infinity(), high = -low;
    for (const float value : activations.values.values) {
        if (!std::isfinite(value))
            continue;
        ++numbers;
        sum += static_cast<double>(value);
        low = std::min(low, value);
        high = std::max(high, value);
    }
    const auto orNull = [&](double value) { return numbers > 0 ? Json(value) : Json(); };
    return {{"image", image},
            {"layer", activations.layer},
            {"shape", activations.values.shape},
            {"minimum", orNull(static_cast<double>(low))},
            {"maximum", orNull(static_cast<double>(high))},
            {"mean", orNull(sum / static_cast<double>(numbers))},
            {"not_numbers", activations.values.values.size() - numbers}};
}

Result<Json> looked(const Settings& settings, const AskedModel& model, Image image, const std::string& name,
                    const std::filesystem::path& out, const std::filesystem::path& png) {
    const auto activations =
        model.ask(ActivationsQuestion{std::move(image), settings.layer}, interruption().get_token());
    if (!activations)
        return activations.error();
    for (const auto& place : {out, png})
        if (const auto made = makeFolderOf(place); !made)
            return made.error();
    if (const auto written = writeNpy(out, activations->values); !written)
        return written.error();
    if (!png.empty())
        if (const auto written = writePng(png, channelGrid(activations->values)); !written)
            return written.error();
    return toJson(*activations, name);
}

int activations(const Settings& settings, Context& context) {
    const std::vector<std::string> images = settings.network.allImages();
    if (images.empty())
        return fail(
            badInput("activations needs an image: activations RUN IMAGE, or activations --model NAME ... IMAGE."));
    const bool several = images.size() > 1;
    if (const auto png = namesPng("--png", settings.png, several); !png)
        return fail(png.error());
    for (const auto& [option, place] : {std::pair("--out", &settings.out), std::pair("--png", &settings.png)})
        if (const auto folder = namesFolder(option, *place, several); !folder)
            return fail(folder.error());
    const auto network =
        openNetwork(settings.network, context, "activations", {settings.out, settings.png}, several, settings.threads);
    if (!network)
        return fail(network.error());
    Json all = Json::array();
    const auto outs = placesOf(settings.out, images, ".npy"), pngs = placesOf(settings.png, images, ".png");
    NamedImages files(network->source.runFolder, network->dataPath, network->pixels);
    for (std::size_t i = 0; i < images.size(); ++i) {
        const std::string& name = images[i];
        auto image = files.read(name);
        if (!image && (!several || image.error().kind == ErrorKind::Cancelled))
            return fail(image.error());
        if (!image) { // the others are looked at all the same
            std::clog << "skipped: " << image.error().message << '\n';
            continue;
        }
        const auto one = looked(settings, *network->model, std::move(image->image), name, outs[i], pngs[i]);
        if (!one)
            return fail(one.error());
        if (const auto broken = (*one)["not_numbers"].get<std::size_t>(); broken > 0)
            std::clog << name << ": " << grouped(broken) << (broken == 1 ? " value is" : " values are")
                      << " not a number; the network's weights may be damaged.\n";
        const std::string range =
            (*one)["minimum"].is_null() ? "no numbers" : (*one)["minimum"].dump() + " to " + (*one)["maximum"].dump();
        if (!settings.json)
            std::printf("%s: %s %s, %s\n", name.c_str(), settings.layer.c_str(), (*one)["shape"].dump().c_str(),
                        range.c_str());
        all.push_back(*one);
    }
    const bool isComplete = all.size() == images.size();
    if (settings.json)
        printJson(several ? all : all.front());
    return isComplete ? 0 : 1;
}

} // namespace

void addActivations(CLI::App& app, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = app.add_subcommand("activations", "Write what a layer makes of an image");
    addNetworkWithImages(*command, settings->network, "Image files");
    command->add_option("--layer", settings->layer, "Layer to look into: the id of a node (`model summary` lists them)")
        ->required();
    command
        ->add_option("--out", settings->out,
                     "The layer's own output, NPY: channel x height x width, or channel (several images: a folder)")
        ->required();
    command->add_option("--png", settings->png,
                        "All channels in one picture, row by row in their order, each from its own least value (dark) "
                        "to its own largest (several images: a folder)");
    addThreads(*command, settings->threads);
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return activations(*settings, context); }; });
}

} // namespace sightline::cli
