// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <numeric>

#include "ExperimentOptions.h"
#include "data/ImageFiles.h"
#include "data/ImageNames.h"
#include "engine/Engine.h"
#include "metrics/Classified.h"
#include "store/RunStore.h"
#include "support/Words.h"

namespace sightline::cli {

namespace {

struct Settings {
    std::string run, checkpoint = "best", out, sortInto;
    std::vector<std::string> images, changes;
    int top = 1, threads = 0;
    bool json = false;
};

/// One line about what a folder holds besides images, by kind.
void sayPassedOver(const std::filesystem::path& folder, const std::vector<DataProblem>& passedOver) {
    std::vector<std::string> names;
    for (const DataProblem& problem : passedOver)
        if (problem.kind == "not_an_image")
            names.push_back(problem.path);
        else
            std::clog << "sightline-cli: " << (folder / problem.path).string() << ' ' << problem.message << '\n';
    if (!names.empty())
        std::clog << "sightline-cli: " << folder.string() << ": skipped " << counted(names.size(), "file")
                  << " not named like an image: " << listed(names) << '\n';
}

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
        ImageFiles found = imageFilesIn(name, interruption().get_token());
        sayPassedOver(name, found.passedOver);
        if (found.files.empty())
            return badInput(name.string() + " contains no images (" + imageEndings() + ").");
        images.insert(images.end(), found.files.begin(), found.files.end());
    }
    return images;
}

/// The table and the copies, where they are asked for; how many images could not be copied.
Result<std::size_t> writeResults(const Settings& settings, const std::vector<std::string>& classes,
                                 const std::vector<ImagePrediction>& predictions,
                                 const std::vector<std::filesystem::path>& files) {
    std::vector<ClassifiedImage> images;
    for (std::size_t i = 0; i < std::min(predictions.size(), files.size()); ++i)
        if (predictions[i].error.empty())
            images.push_back({files[i], predictions[i].probabilities});
    if (!settings.out.empty())
        if (const Result<void> written = writeFileAtomically(settings.out, classifiedCsv(classes, images)); !written)
            return written.error();
    if (settings.sortInto.empty())
        return std::size_t{0};
    const Result<SortedCopies> copies = copySorted(settings.sortInto, classes, images, interruption().get_token());
    if (!copies)
        return copies.error();
    for (const std::string& message : copies->failed)
        std::clog << "sightline-cli: " << message << '\n';
    std::clog << "sightline-cli: copied " << counted(copies->copied, "image") << " into " << settings.sortInto << '\n';
    return copies->failed.size();
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
    const Result<std::size_t> uncopied = writeResults(settings, *classes, *predictions, *images);
    if (!uncopied)
        return fail(uncopied.error());
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
        if (!settings.json && settings.out.empty() && settings.sortInto.empty())
            std::cout << line << '\n';
        list.push_back(std::move(entry));
    }
    if (settings.json)
        printJson(list);
    if (unreadable == 0 && *uncopied > 0)
        return 1;
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
    command->add_option("--out", settings->out,
                        "Write path, predicted class, confidence and all probabilities to this CSV file");
    command->add_option("--sort-into", settings->sortInto,
                        "Copy each image into a folder of its predicted class in this folder; nothing is overwritten");
    addDataPath(*command, settings->changes);
    addThreads(*command, settings->threads);
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return predict(*settings, context); }; });
}

} // namespace sightline::cli
