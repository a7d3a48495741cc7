// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <numeric>

#include "AtLeastZero.h"
#include "ExperimentOptions.h"
#include "ExplainSplit.h"
#include "HeatMapOptions.h"
#include "ImagePlaces.h"
#include "NamedImages.h"
#include "NetworkOptions.h"
#include "engine/AskedModel.h"
#include "store/RunStore.h"

namespace sightline::cli {

namespace {

struct Settings {
    NetworkOptions network;
    std::string method = "gradcam", target = "predicted", layer, score = "logit", out, map;
    std::string split, filter;
    std::uint64_t seed = 0;
    int threads = 0;
    double opacity = 0.5;
    bool json = false, trust = false;
};

/// The class of an image: as the run knows it, else the class its folders name; -1 where nothing says it.
int truthOf(const std::filesystem::path& image, const ModelSource& source, const std::string& dataPath) {
    if (source.runFolder.empty())
        return -1;
    const RunFolder run(source.runFolder);
    const auto classes = run.classes();
    if (!classes)
        return -1;
    const auto placeOfClass = [&](const std::string& name) {
        const auto place = std::find(classes->begin(), classes->end(), name);
        return place == classes->end() ? -1 : static_cast<int>(place - classes->begin());
    };
    std::error_code code;
    const std::filesystem::path whole = std::filesystem::absolute(image, code).lexically_normal();
    if (const auto manifest = run.manifest(); manifest && *manifest) {
        const std::filesystem::path root =
            dataPath.empty() ? (*manifest)->root : std::filesystem::absolute(dataPath, code).lexically_normal();
        const std::string path = whole.lexically_relative(root).generic_string();
        for (const SampleEntry& entry : (*manifest)->samples)
            if (entry.path == path)
                return placeOfClass(entry.className);
    }
    return placeOfClass(whole.parent_path().filename().string());
}

Json toJson(const HeatMap& explanation, const std::string& image) {
    std::vector<std::size_t> order(explanation.probabilities.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return explanation.probabilities[a] > explanation.probabilities[b];
    });
    order.resize(std::min<std::size_t>(order.size(), 5));
    Json top = Json::array();
    for (const std::size_t index : order)
        top.push_back({{"class", classOf(explanation, index)}, {"probability", explanation.probabilities[index]}});
    return {{"predicted", classOf(explanation, static_cast<std::size_t>(explanation.predicted))},
            {"confidence", explanation.confidence},
            {"target", targetOf(explanation)},
            {"method", explanation.method},
            {"layer", explanation.layer},
            {"map_size", {explanation.mapHeight, explanation.mapWidth}},
            {"max", explanation.maximum},
            {"saturated", explanation.saturated},
            {"top", top},
            {"milliseconds", explanation.milliseconds},
            {"image", image}};
}

/// The images that are named; none where a split is asked for.
Result<std::vector<std::string>> imagesOf(const Settings& settings) {
    std::vector<std::string> images = settings.network.allImages();
    if (settings.split.empty()) {
        if (!settings.filter.empty())
            return badInput("--filter chooses images of a split: add --split test.");
        if (images.empty())
            return badInput("explain needs an image: explain RUN IMAGE, explain RUN --split test --out DIR, or explain "
                            "--model NAME ... IMAGE.");
        return images;
    }
    if (settings.trust)
        return badInput("--trust is for images that are named, one map at a time; --split has none of it.");
    if (!settings.network.model.empty())
        return badInput("--split needs a run: a network without one has no images of its own.");
    if (!images.empty())
        return badInput("--split explains the images of the run; do not name " + images.front() + ".");
    if (settings.out.empty() && settings.map.empty() && !settings.json)
        return badInput("--split needs a folder for what comes out: add --out DIR or --map DIR.");
    return images;
}

HeatMapsQuestion ofSplit(const Settings& settings, HeatMapMethod method, const std::string& dataPath) {
    HeatMapsQuestion question;
    question.split = settings.split;
    question.dataPath = dataPath;
    question.filter = settings.filter == "right"   ? HeatMapsQuestion::Filter::Right
                      : settings.filter == "wrong" ? HeatMapsQuestion::Filter::Wrong
                                                   : HeatMapsQuestion::Filter::All;
    question.method = method;
    question.target = settings.target;
    question.layer = settings.layer;
    question.logSoftmax = settings.score == "log-softmax";
    question.seed = settings.seed;
    return question;
}

HeatMapQuestion about(NamedImages::Read read, const Settings& settings, HeatMapMethod method,
                      const OpenedNetwork& network) {
    HeatMapQuestion question;
    question.image = std::move(read.image);
    question.truth = read.truth >= 0 ? read.truth : truthOf(read.file, network.source, network.dataPath);
    question.method = method;
    question.target = settings.target;
    question.layer = settings.layer;
    question.logSoftmax = settings.score == "log-softmax";
    question.seed = settings.seed;
    return question;
}

Result<void> writeFiles(const HeatMap& map, const Settings& settings, const std::filesystem::path& overlay,
                        const std::filesystem::path& numbers) {
    for (const auto& place : {overlay, numbers})
        if (const auto made = makeFolderOf(place); !made)
            return made;
    if (!overlay.empty())
        if (const auto written = writePng(overlay, overlayOf(map, settings.opacity)); !written)
            return written;
    return numbers.empty() ? Result<void>() : writeNpy(numbers, map.map);
}

void print(const HeatMap& map, const Json& document, const std::string& name) {
    std::printf("%s: predicted %s (%.1f %%), %s for %s at %s, %dx%d, %.0f ms\n", name.c_str(),
                document["predicted"].dump().c_str(), map.confidence * 100, map.method.c_str(), map.target.c_str(),
                map.layer.c_str(), map.mapHeight, map.mapWidth, map.milliseconds);
}

/// One image: its map into files, words to the terminal.
Result<Json> explained(const HeatMapQuestion& question, const Settings& settings, const AskedModel& model,
                       const std::string& name, const std::filesystem::path& overlay,
                       const std::filesystem::path& numbers) {
    const auto map = model.ask(question, interruption().get_token(),
                               [](std::size_t done, std::size_t total) { showProgress("Explaining", done, total); });
    if (!map)
        return map.error();
    if (const auto written = writeFiles(*map, settings, overlay, numbers); !written)
        return written.error();
    Json document = toJson(*map, name);
    if (map->saturated)
        std::clog << name << ": the map is empty, layer " << map->layer << " shows no evidence for " << map->target
                  << (settings.score == "logit" ? "" : "; try --score logit") << ".\n";
    if (!settings.json)
        print(*map, document, name);
    if (!settings.trust)
        return document;
    const auto trust =
        model.ask(TrustQuestion{question}, interruption().get_token(),
                  [](std::size_t done, std::size_t total) { showProgress("Testing the map", done, total); });
    if (!trust)
        return trust.error();
    document["trust"] = toJson(*trust);
    if (!settings.json)
        std::printf("%s\n", sentenceOn(*trust).c_str());
    return document;
}

/// Of several images those that cannot be read are named, and the others explained.
int explainImages(const Settings& settings, HeatMapMethod method, const OpenedNetwork& network,
                  const std::vector<std::string>& images) {
    const auto overlays = placesOf(settings.out, images, ".png"), numbers = placesOf(settings.map, images, ".npy");
    Json all = Json::array();
    NamedImages files(network.source.runFolder, network.dataPath, network.pixels);
    for (std::size_t i = 0; i < images.size(); ++i) {
        auto image = files.read(images[i]);
        if (!image && (images.size() == 1 || image.error().kind == ErrorKind::Cancelled))
            return fail(image.error());
        if (!image) {
            std::clog << "skipped: " << image.error().message << '\n';
            continue;
        }
        const auto one = explained(about(std::move(*image), settings, method, network), settings, *network.model,
                                   images[i], overlays[i], numbers[i]);
        if (!one)
            return fail(one.error());
        all.push_back(*one);
    }
    const bool isComplete = all.size() == images.size();
    if (settings.json)
        printJson(images.size() == 1 ? all.front() : all);
    return isComplete ? 0 : 1;
}

int explain(const Settings& settings, Context& context) {
    const auto method = heatMapMethodOf(settings.method);
    if (!method)
        return fail(method.error());
    const auto images = imagesOf(settings);
    if (!images)
        return fail(images.error());
    const bool several = images->size() != 1;
    if (const auto png = namesPng("--out", settings.out, several); !png)
        return fail(png.error());
    for (const auto& [option, place] : {std::pair("--out", &settings.out), std::pair("--map", &settings.map)})
        if (const auto folder = namesFolder(option, *place, several); !folder)
            return fail(folder.error());
    const auto network =
        openNetwork(settings.network, context, "explain", {settings.out, settings.map}, several, settings.threads);
    if (!network)
        return fail(network.error());
    if (settings.split.empty())
        return explainImages(settings, *method, *network, *images);
    return explainSplit(*network->model, ofSplit(settings, *method, network->dataPath),
                        {settings.out, settings.map, settings.opacity}, settings.json);
}

} // namespace

void addExplain(CLI::App& app, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = app.add_subcommand("explain", "Show where a network looks: a heat map over an image");
    addNetworkWithImages(*command, settings->network, "Image files; each gets a map");
    addHeatMapMethod(*command, settings->method);
    command->add_option("--target", settings->target,
                        "predicted, true, a class (its name, or its number from 0), or CLASS-CLASS for a difference");
    command->add_option("--layer", settings->layer, "Layer to explain: the id of a node");
    command->add_option("--score", settings->score, "logit or log-softmax")
        ->check(CLI::IsMember({"logit", "log-softmax"}));
    command
        ->add_option("--split", settings->split,
                     "Instead of images: all of a split of the run; those that cannot be read are skipped and named")
        ->check(CLI::IsMember({"train", "val", "test"}));
    command->add_option("--filter", settings->filter, "Of the split: all, right or wrong")
        ->check(CLI::IsMember({"all", "right", "wrong"}));
    addSeed(*command, settings->seed, "Seed of what is drawn (smoothgrad)");
    command->add_option("--out", settings->out, "The overlay, PNG (several images or a split: a folder)");
    command->add_option("--map", settings->map, "The map, NPY (several images or a split: a folder)");
    command->add_option("--opacity", settings->opacity, "Opacity of the map, 0 to 1")->check(CLI::Range(0.0, 1.0));
    addThreads(*command, settings->threads);
    command->add_flag("--trust", settings->trust,
                      "Also test the map: hide and show what it marks, draw the network's weights again");
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return explain(*settings, context); }; });
}

} // namespace sightline::cli
