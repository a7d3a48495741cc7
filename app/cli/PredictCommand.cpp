// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <numeric>

#include "ExperimentOptions.h"
#include "data/ImageNames.h"
#include "engine/Engine.h"
#include "store/RunStore.h"

namespace sightline::cli {

namespace {

struct Settings {
    std::string run, checkpoint = "best";
    std::vector<std::string> images, changes;
    int top = 1, threads = 0;
    bool json = false;
};

Result<std::vector<std::filesystem::path>> imagesOf(const Settings& settings, const std::filesystem::path& run,
                                                    const std::string& dataPath) {
    std::vector<std::filesystem::path> images;
    for (const std::string& given : settings.images) {
        const std::filesystem::path name = imageOfRun(given, run, dataPath);
        std::error_code code;
        if (!std::filesystem::is_directory(name, code)) {
            if (!std::filesystem::exists(name, code))
                return badInput(name.string() + " does not exist.");
            images.emplace_back(name);
            continue;
        }
        const std::size_t before = images.size();
        const auto options = std::filesystem::directory_options::skip_permission_denied;
        for (std::filesystem::recursive_directory_iterator entry(name, options, code), end; !code && entry != end;
             entry.increment(code)) {
            std::error_code ignored;
            if (entry->path().filename().string().rfind('.', 0) == 0)
                entry.disable_recursion_pending();
            else if (entry->is_regular_file(ignored) && namesImage(entry->path().filename()))
                images.push_back(entry->path());
        }
        if (images.size() == before)
            return badInput(name.string() + " contains no images (" + imageEndings() + ").");
        std::sort(images.begin() + static_cast<std::ptrdiff_t>(before), images.end());
    }
    return images;
}

int predict(const Settings& settings, Context& context) {
    auto store = RunStore::open(context.home);
    if (!store)
        return fail(store.error());
    const auto run = store->find(settings.run);
    if (!run)
        return fail(run.error());
    const auto classes = run->classes();
    if (!classes)
        return fail(classes.error());
    const auto dataPath = dataPathOf(settings.changes, "predict");
    if (!dataPath)
        return fail(dataPath.error());
    const auto images = imagesOf(settings, run->path(), *dataPath);
    if (!images)
        return fail(images.error());
    sayIfDamaged(run->path(), settings.checkpoint);
    const auto engine = loadEngine();
    if (!engine)
        return fail(engine.error());
    PredictRequest request;
    request.source.runFolder = run->path();
    request.source.checkpoint = settings.checkpoint;
    request.images = *images;
    request.threads = settings.threads;
    const auto predictions =
        (*engine)->predict(request, interruption().get_token(),
                           [](std::size_t done, std::size_t total) { showProgress("Predicting", done, total); });
    if (!predictions)
        return fail(predictions.error());
    Json list = Json::array();
    std::size_t unreadable = 0;
    for (const ImagePrediction& prediction : *predictions) {
        Json entry{{"path", prediction.path}};
        if (!prediction.error.empty()) {
            ++unreadable;
            std::clog << "sightline-cli: " << prediction.error << '\n';
            entry["error"] = prediction.error;
            list.push_back(std::move(entry));
            continue;
        }
        std::vector<std::size_t> order(prediction.probabilities.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return prediction.probabilities[a] > prediction.probabilities[b];
        });
        order.resize(std::min(order.size(), static_cast<std::size_t>(settings.top)));
        std::string line = prediction.path;
        entry["top"] = Json::array();
        for (const std::size_t index : order) {
            const std::string name = index < classes->size() ? classes->at(index) : std::to_string(index);
            const double share = static_cast<double>(prediction.probabilities[index]);
            entry["top"].push_back({{"class", name}, {"probability", share}});
            char text[32];
            std::snprintf(text, sizeof(text), "  %.1f %%", share * 100);
            line += "  " + name + text;
        }
        if (!order.empty()) {
            entry["predicted"] = entry["top"][0]["class"];
            entry["confidence"] = entry["top"][0]["probability"];
        }
        if (!settings.json)
            std::cout << line << '\n';
        list.push_back(std::move(entry));
    }
    if (settings.json)
        printJson(list);
    return unreadable == 0 ? 0 : unreadable == predictions->size() ? 2 : 1;
}

} // namespace

void addPredict(CLI::App& app, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = app.add_subcommand("predict", "Classify images with a run");
    command->add_option("RUN", settings->run, "A run's id, a prefix of it, its name or its folder")->required();
    command->add_option("IMAGE", settings->images, "Images or folders of images")->required();
    command->add_option("--top", settings->top, "Number of classes to show")->check(CLI::Range(1, 100000));
    command->add_option("--checkpoint", settings->checkpoint, "Checkpoint: best, last or an epoch");
    addDataPath(*command, settings->changes);
    addThreads(*command, settings->threads);
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return predict(*settings, context); }; });
}

} // namespace sightline::cli
