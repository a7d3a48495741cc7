// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <numeric>

#include "ExperimentOptions.h"
#include "NetworkOptions.h"
#include "engine/AskedModel.h"
#include "store/RunStore.h"

namespace sightline::cli {

namespace {

struct Settings {
    NetworkOptions network;
    std::string method = "gradcam", target = "predicted", layer, score = "logit", out, map;
    int threads = 0;
    double opacity = 0.5;
    bool json = false;
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
    for (auto folder = whole.parent_path(); folder.has_relative_path(); folder = folder.parent_path())
        if (const int place = placeOfClass(folder.filename().string()); place >= 0)
            return place;
    return -1;
}

Json nameOfClass(const HeatMap& explanation, std::size_t index) {
    return index < explanation.classes.size() ? Json(explanation.classes[index]) : Json(index);
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
        top.push_back({{"class", nameOfClass(explanation, index)}, {"probability", explanation.probabilities[index]}});
    const bool number = explanation.classes.empty() && !explanation.target.empty() && explanation.target.size() < 9 &&
                        explanation.target.find_first_not_of("0123456789") == std::string::npos;
    return {{"predicted", nameOfClass(explanation, static_cast<std::size_t>(explanation.predicted))},
            {"confidence", explanation.confidence},
            {"target", number ? Json(std::stoi(explanation.target)) : Json(explanation.target)},
            {"method", explanation.method},
            {"layer", explanation.layer},
            {"map_size", {explanation.mapHeight, explanation.mapWidth}},
            {"max", explanation.maximum},
            {"saturated", explanation.saturated},
            {"top", top},
            {"milliseconds", explanation.milliseconds},
            {"image", image}};
}

int explain(const Settings& settings, Context& context) {
    const auto method = heatMapMethodFromName(settings.method);
    if (!method)
        return fail(badInput("--method " + settings.method +
                             " is not one of gradcam, hirescam, gradcam++, xgradcam, layercam, eigencam."));
    const std::vector<std::string> images = settings.network.allImages();
    if (images.empty())
        return fail(badInput("explain needs an image: explain RUN IMAGE, or explain --model NAME ... IMAGE."));
    const auto dataPath = dataPathOf(settings.network.changes, "explain");
    if (!dataPath)
        return fail(dataPath.error());
    const auto source = sourceOf(settings.network, context);
    if (!source)
        return fail(source.error());
    if (!source->runFolder.empty())
        sayIfDamaged(source->runFolder, settings.network.checkpoint);
    const auto pixels = pixelsOf(*source);
    if (!pixels)
        return fail(pixels.error());
    const bool several = images.size() > 1;
    for (const std::string& folder : {settings.out, settings.map})
        if (several && !folder.empty())
            if (const auto made = makeFolder(folder); !made)
                return fail(made.error());
    const auto engine = loadEngine();
    if (!engine)
        return fail(engine.error());
    const auto model = (*engine)->open(*source, settings.threads);
    if (!model)
        return fail(model.error());
    Json all = Json::array();
    for (const std::string& name : images) {
        const std::filesystem::path file = imageOfRun(name, source->runFolder, *dataPath);
        auto image = readImage(file, *pixels);
        if (!image)
            return fail(badInput(image.error().message));
        HeatMapQuestion question;
        question.image = std::move(*image);
        question.truth = truthOf(file, *source, *dataPath);
        question.method = *method;
        question.target = settings.target;
        question.layer = settings.layer;
        question.logSoftmax = settings.score == "log-softmax";
        const auto explanation = (*model)->ask(std::move(question), interruption().get_token());
        if (!explanation)
            return fail(explanation.error());
        if (!settings.out.empty())
            if (const auto written = writePng(placeOf(settings.out, name, several, ".png"),
                                              overlay(explanation->input, explanation->map, settings.opacity));
                !written)
                return fail(written.error());
        if (!settings.map.empty())
            if (const auto written = writeNpy(placeOf(settings.map, name, several, ".npy"), explanation->map); !written)
                return fail(written.error());
        all.push_back(toJson(*explanation, name));
        if (explanation->saturated)
            std::clog << name << ": the map is empty, layer " << explanation->layer << " shows no evidence for "
                      << explanation->target << (settings.score == "logit" ? "" : "; try --score logit") << ".\n";
        if (!settings.json)
            std::printf("%s: predicted %s (%.1f %%), %s for %s at %s, %dx%d, %.0f ms\n", name.c_str(),
                        all.back()["predicted"].dump().c_str(), explanation->confidence * 100,
                        explanation->method.c_str(), explanation->target.c_str(), explanation->layer.c_str(),
                        explanation->mapHeight, explanation->mapWidth, explanation->milliseconds);
    }
    if (settings.json)
        printJson(several ? all : all.front());
    return 0;
}

} // namespace

void addExplain(CLI::App& app, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = app.add_subcommand("explain", "Show where a network looks: a heat map over an image");
    addNetworkWithImages(*command, settings->network, "Image files; each gets a map");
    command->add_option("--method", settings->method, "gradcam, hirescam, gradcam++, xgradcam, layercam, eigencam");
    command->add_option("--target", settings->target, "predicted, true, a class, or CLASS-CLASS for a difference");
    command->add_option("--layer", settings->layer, "Layer to explain: the id of a node");
    command->add_option("--score", settings->score, "logit or log-softmax")
        ->check(CLI::IsMember({"logit", "log-softmax"}));
    command->add_option("--out", settings->out, "The overlay, PNG (several images: a folder)");
    command->add_option("--map", settings->map, "The map, NPY (several images: a folder)");
    command->add_option("--opacity", settings->opacity, "Opacity of the map, 0 to 1")->check(CLI::Range(0.0, 1.0));
    addThreads(*command, settings->threads);
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return explain(*settings, context); }; });
}

} // namespace sightline::cli
