// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <numeric>

#include "ExperimentOptions.h"
#include "NamedImages.h"
#include "engine/Classify.h"
#include "store/RunStore.h"
#include "support/Words.h"

namespace sightline::cli {

namespace {

struct Settings {
    std::string run, checkpoint = "best", out, sortInto, unknownFolder;
    std::vector<std::string> images, changes;
    int top = 1, threads = 0;
    double refuseShare = kRefuseShare;
    bool json = false;
};

/// One line about what lies beside the images, by kind.
void sayPassedOver(const std::vector<PassedOver>& passedOver) {
    std::vector<std::string> names;
    for (const PassedOver& passed : passedOver)
        if (passed.kind == "not_an_image")
            names.push_back(passed.path.string());
        else
            std::clog << "sightline-cli: " << passed.path.string() << ' ' << passed.why << '\n';
    if (!names.empty())
        std::clog << "sightline-cli: skipped " << counted(names.size(), "file")
                  << " not named like an image: " << listed(names) << '\n';
}

/// Before the first image: what could not be written after the last one.
Result<void> checkResults(const Settings& settings) {
    namespace fs = std::filesystem;
    std::error_code code;
    const fs::path table = fs::absolute(settings.out, code).parent_path();
    if (!settings.out.empty() && !fs::is_directory(table, code))
        return Error{"The folder " + table.string() + " for --out does not exist."};
    if (settings.sortInto.empty())
        return settings.unknownFolder.empty() ? Result<void>() : badInput("--unknown-folder needs --sort-into DIR.");
    return mayHoldCopies(settings.sortInto, {settings.images.begin(), settings.images.end()});
}

/// Images of none of the classes must not lie among those of one.
Result<void> checkUnknownFolder(const Settings& settings, const RunFolder& run) {
    const auto classes = run.classes();
    if (settings.unknownFolder.empty() || !classes)
        return {};
    for (const std::string& name : *classes)
        if (folderNameOf(name) == folderNameOf(settings.unknownFolder))
            return badInput("--unknown-folder: " + shown(settings.unknownFolder) +
                            " is the folder of a class of this run; choose another name.");
    return {};
}

/// The table and the copies, where they are asked for; how many images could not be copied.
Result<std::size_t> writeResults(const Settings& settings, const Classification& found) {
    if (!settings.out.empty())
        if (const Result<void> written = writeFileAtomically(settings.out, classifiedCsv(found.classes, found.images));
            !written)
            return written.error();
    if (settings.sortInto.empty())
        return std::size_t{0};
    const Result<SortedCopies> copies = copySorted(
        settings.sortInto, found.classes, found.images, interruption().get_token(),
        [](std::size_t done, std::size_t total) { showProgress("Copying", done, total); }, settings.unknownFolder);
    if (!copies)
        return copies.error();
    for (const std::string& message : copies->failed)
        std::clog << "sightline-cli: " << message << '\n';
    std::clog << "sightline-cli: copied " << counted(copies->copied, "image") << " into " << settings.sortInto << '\n';
    return copies->failed.size();
}

/// The classes that an image most probably shows, as JSON and as a line for people.
Json topOf(const ClassifiedImage& image, const std::vector<std::string>& classes, int most, std::string& line) {
    std::vector<std::size_t> order(image.probabilities.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return image.probabilities[a] > image.probabilities[b]; });
    order.resize(std::min(order.size(), static_cast<std::size_t>(most)));
    Json top = Json::array();
    for (const std::size_t index : order) {
        const std::string name = index < classes.size() ? classes.at(index) : std::to_string(index);
        const double share = static_cast<double>(image.probabilities[index]);
        top.push_back({{"class", name}, {"probability", share}});
        char text[32];
        std::snprintf(text, sizeof(text), "  %.1f %%", share * 100);
        line += "  " + name + text;
    }
    return top;
}

/// Prints what was found; how many images could not be read.
std::size_t printResults(const Settings& settings, const Classification& found) {
    Json list = Json::array();
    std::size_t unreadable = 0;
    for (const ClassifiedImage& image : found.images) {
        Json entry{{"path", image.file.string()}};
        if (!image.error.empty()) {
            ++unreadable;
            std::clog << "sightline-cli: " << image.error << '\n';
            entry["error"] = image.error;
            list.push_back(std::move(entry));
            continue;
        }
        std::string line = image.file.string();
        entry["top"] = topOf(image, found.classes, settings.top, line);
        const std::optional<bool> unknown = image.isUnknown();
        entry["unknown"] = unknown ? Json(*unknown) : Json();
        entry["unknown_score"] = unknown ? Json(*image.unknownScore) : Json();
        if (unknown.value_or(false))
            line += "  probably none of these classes";
        if (!entry["top"].empty()) {
            entry["predicted"] = entry["top"][0]["class"];
            entry["confidence"] = entry["top"][0]["probability"];
        }
        if (!settings.json && settings.out.empty() && settings.sortInto.empty())
            std::cout << line << '\n';
        list.push_back(std::move(entry));
    }
    if (settings.json)
        printJson(list);
    return unreadable;
}

/// What the names mean, in their order: files, those of folders, and images of the run that are no files.
Result<FilesToClassify> imagesNamed(const Settings& settings, NamedImages& named, const std::filesystem::path& run,
                                    const std::string& dataPath) {
    FilesToClassify all;
    for (const std::string& name : settings.images) {
        const Result<bool> isOfRun = named.isOfRun(name);
        if (!isOfRun)
            return isOfRun.error();
        if (*isOfRun) {
            if (!settings.sortInto.empty())
                return badInput("--sort-into copies files, and " + name + " is none: it lies in " +
                                imagesOfRun(run, dataPath).string() + ".");
            all.files.push_back(name);
            continue;
        }
        auto found = filesToClassify({imageOfRun(name, run, dataPath)}, interruption().get_token());
        if (!found)
            return found.error();
        std::move(found->files.begin(), found->files.end(), std::back_inserter(all.files));
        std::move(found->passedOver.begin(), found->passedOver.end(), std::back_inserter(all.passedOver));
    }
    return all;
}

int predict(const Settings& settings, Context& context) {
    if (const Result<void> possible = checkResults(settings); !possible)
        return fail(possible.error());
    auto store = RunStore::open(context.home);
    if (!store)
        return fail(store.error());
    const auto run = store->find(settings.run);
    if (!run)
        return fail(run.error());
    if (const Result<void> apart = checkUnknownFolder(settings, *run); !apart)
        return fail(apart.error());
    const auto dataPath = dataPathOf(settings.changes, "predict");
    if (!dataPath)
        return fail(dataPath.error());
    const auto experiment = run->experiment();
    if (!experiment)
        return fail(experiment.error());
    NamedImages named(run->path(), *dataPath, experiment->data.pixels);
    const auto images = imagesNamed(settings, named, run->path(), *dataPath);
    if (!images)
        return fail(images.error());
    sayPassedOver(images->passedOver);
    sayIfDamaged(run->path(), settings.checkpoint);
    const auto engine = loadEngine();
    if (!engine)
        return fail(engine.error());
    ClassifyRequest request{run->path(), settings.checkpoint, images->files, settings.threads, settings.refuseShare};
    request.dataPath = *dataPath;
    request.onLearning = [](std::size_t done, std::size_t total) { showProgress(kLearningUnknown, done, total); };
    request.read = [&named](const std::filesystem::path& image) -> Result<Image> {
        auto read = named.read(image.string());
        if (!read)
            return read.error();
        return std::move(read->image);
    };
    const auto found = classify(**engine, request, interruption().get_token(),
                                [](std::size_t done, std::size_t total) { showProgress("Predicting", done, total); });
    if (!found)
        return fail(found.error());
    if (!found->unjudged.empty())
        std::clog << "sightline-cli: no image is judged to be unknown: " << found->unjudged << '\n';
    const Result<std::size_t> uncopied = writeResults(settings, *found);
    if (!uncopied)
        return fail(uncopied.error());
    const std::size_t unreadable = printResults(settings, *found);
    if (unreadable == 0)
        return *uncopied > 0 ? 1 : 0;
    return unreadable == found->images.size() ? 2 : 1;
}

} // namespace

void addPredict(CLI::App& app, Context& context) {
    auto settings = std::make_shared<Settings>();
    CLI::App* command = app.add_subcommand("predict", "Classify images with a run");
    command->add_option("RUN", settings->run, "A run's id, a prefix of it, its name or its folder")->required();
    command
        ->add_option("IMAGE", settings->images,
                     "Images or folders of images; images of the run's archive by their paths there")
        ->required();
    command->add_option("--top", settings->top, "Number of classes to show")->check(CLI::Range(1, 100000));
    command->add_option("--checkpoint", settings->checkpoint, "Checkpoint: best, last or an epoch");
    command->add_option("--out", settings->out,
                        "Write path, predicted class, confidence and all probabilities to this CSV file");
    command->add_option("--sort-into", settings->sortInto,
                        "Copy each image into a folder of its predicted class in this folder; nothing is overwritten");
    command->add_option("--unknown-folder", settings->unknownFolder,
                        "With --sort-into: copy images of none of the classes into a folder of this name instead");
    command
        ->add_option("--refuse-share", settings->refuseShare,
                     "Share of images of known classes that may be called unknown; 0: no image is judged")
        ->check(CLI::Range(0.0, 0.999));
    addDataPath(*command, settings->changes);
    addThreads(*command, settings->threads);
    command->add_flag("--json", settings->json, "Print JSON");
    command->callback(
        [settings, &context] { context.chosen = [settings, &context] { return predict(*settings, context); }; });
}

} // namespace sightline::cli
