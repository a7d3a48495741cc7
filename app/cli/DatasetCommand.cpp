// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>

#include "AtLeastZero.h"
#include "Commands.h"
#include "data/Boxes.h"
#include "data/Dataset.h"
#include "data/Overlay.h"
#include "data/Survey.h"
#include "data/Toys.h"
#include "experiment/PixelJson.h"
#include "support/Csv.h"
#include "support/Words.h"

namespace sightline::cli {

namespace {

/// Whether the sentence stands without the path before it: it names it itself, or is about none.
bool isNamed(const DataProblem& problem) {
    return problem.path.empty() || problem.message.starts_with(problem.path + " ");
}

struct InfoOptions {
    DataSettings data;
    std::string split = "per-class-first", header = "auto", files, boxes, size, fit = "stretch";
    std::uint64_t seed = 42;
    bool json = false;
};

const char* whatHappens(Fit fit) {
    return fit == Fit::Pad ? "get a border" : fit == Fit::Crop ? "lose their edges" : "are stretched";
}

Json documentOf(const Dataset& dataset, const Survey& survey, const DataSettings& data) {
    Json splits = Json::object();
    for (const Subset subset : {Subset::Train, Subset::Validation, Subset::Test}) {
        if (dataset.count(subset) == 0)
            continue;
        Json perClass = Json::object();
        const std::vector<std::size_t> counts = dataset.countsPerClass(subset);
        for (std::size_t i = 0; i < counts.size(); ++i)
            perClass[dataset.classes[i]] = counts[i];
        splits[nameOf(subset)] = {{"images", dataset.count(subset)}, {"per_class", std::move(perClass)}};
    }
    Json sizes = Json::array();
    for (const auto& [size, count] : survey.sizes)
        sizes.push_back({{"height", size.first}, {"width", size.second}, {"images", count}});
    const OverlayCounts overlay = overlayCounts(dataset);
    Json problems = Json::array();
    for (const auto* list : {&dataset.problems, &survey.unreadable}) {
        for (const DataProblem& problem : *list)
            problems.push_back({{"kind", problem.kind}, {"path", problem.path}, {"message", problem.message}});
    }
    Json guesses = Json::array();
    for (const Guess& guess : dataset.guesses)
        guesses.push_back({{"what", guess.what}, {"value", guess.value}, {"why", guess.why}});
    return {{"format", dataset.format},
            {"root", dataset.root.string()},
            {"classes", dataset.classes},
            {"splits", std::move(splits)},
            {"sizes", std::move(sizes)},
            {"problems", std::move(problems)},
            {"guesses", std::move(guesses)},
            {"ignored_folders", dataset.ignoredFolders},
            {"proportions",
             {{"image_size", {data.imageHeight, data.imageWidth}},
              {"fit", toJson(data.fit)},
              {"images", survey.images},
              {"other", imagesOfOtherShape(survey, data.imageHeight, data.imageWidth)}}},
            {"overlay", {{"relabelled", overlay.relabelled}, {"excluded", overlay.excluded}}}};
}

Result<void> writeFiles(const Dataset& dataset, const std::string& file) {
    std::string csv = "path,class,subset\n";
    for (const Sample& sample : dataset.samples) {
        if (sample.excluded)
            continue;
        csv += csvCell(sample.path) + "," +
               (sample.label < 0 ? "" : csvCell(dataset.classes[static_cast<std::size_t>(sample.label)])) + "," +
               nameOf(sample.subset) + "\n";
    }
    return writeFileAtomically(file, csv);
}

Result<void> writeBoxes(const Dataset& dataset, const std::string& file) {
    const std::map<std::string, Box> boxes = readBoxes(dataset);
    if (boxes.empty())
        return badInput(dataset.root.string() + " comes without boxes (--boxes).");
    std::string csv = "path,x,y,width,height\n";
    for (const Sample& sample : dataset.samples)
        if (const auto box = boxes.find(sample.path); box != boxes.end())
            csv += csvCell(sample.path) + "," + std::to_string(box->second.x) + "," + std::to_string(box->second.y) +
                   "," + std::to_string(box->second.width) + "," + std::to_string(box->second.height) + "\n";
    return writeFileAtomically(file, csv);
}

/// "guessed split folders: training_set as train (their names say so ...)".
void printGuesses(const Dataset& dataset) {
    for (const Guess& guess : dataset.guesses) {
        std::string what = guess.what;
        std::replace(what.begin(), what.end(), '_', ' ');
        std::printf("guessed %s: %s (%s)\n", what.c_str(), guess.value.c_str(), guess.why.c_str());
    }
    for (const std::string& folder : dataset.ignoredFolders)
        std::printf("ignored folder: %s\n", folder.c_str());
}

int info(InfoOptions& options, const Context& context) {
    if (!(options.data.validationSplit >= 0 && options.data.validationSplit < 1))
        return fail(badInput("--validation-split must be at least 0 and below 1."));
    if (!options.data.group.pattern.empty() && !options.data.group.column.empty())
        return fail(badInput("--group-pattern and --group-column cannot be combined."));
    if (!options.size.empty() && !parseSize(options.size, options.data.imageHeight, options.data.imageWidth, nullptr))
        return fail(badInput("--size " + options.size + ": use HEIGHTxWIDTH, such as 128x128."));
    options.data.fit = options.fit == "pad" ? Fit::Pad : options.fit == "crop" ? Fit::Crop : Fit::Stretch;
    options.data.split = options.split == "shuffled" ? SplitRule::Shuffled : SplitRule::PerClassFirst;
    options.data.table.header = options.header == "yes"  ? TableSettings::Header::Yes
                                : options.header == "no" ? TableSettings::Header::No
                                                         : TableSettings::Header::Auto;
    const Result<Dataset> dataset =
        openWithOverlay(context.home, options.data, options.seed, false, interruption().get_token());
    if (!dataset)
        return fail(dataset.error());
    if (!options.files.empty()) {
        if (const Result<void> written = writeFiles(*dataset, options.files); !written)
            return fail(written.error());
    }
    if (!options.boxes.empty()) {
        if (const Result<void> written = writeBoxes(*dataset, options.boxes); !written)
            return fail(written.error());
    }
    const Survey survey = sightline::survey(
        *dataset, availableCpus(), interruption().get_token(),
        [](std::size_t done, std::size_t total) { showProgress("reading", done, total); },
        context.home / "cache" / "surveys");
    if (interruption().stop_requested())
        return fail(cancelled());
    if (options.json) {
        printJson(documentOf(*dataset, survey, options.data));
        return 0;
    }
    std::printf("%s: %s, %s\n", dataset->root.c_str(), dataset->format.c_str(),
                counted(dataset->classes.size(), "class").c_str());
    std::printf("%-24s %10s %10s %10s\n", "class", "train", "val", "test");
    const auto train = dataset->countsPerClass(Subset::Train), validation = dataset->countsPerClass(Subset::Validation),
               test = dataset->countsPerClass(Subset::Test);
    for (std::size_t i = 0; i < dataset->classes.size(); ++i)
        std::printf("%-24s %10zu %10zu %10zu\n", dataset->classes[i].c_str(), train[i], validation[i], test[i]);
    if (const OverlayCounts overlay = overlayCounts(*dataset); overlay.relabelled + overlay.excluded > 0)
        std::printf("label edits: %zu relabeled, %zu excluded\n", overlay.relabelled, overlay.excluded);
    for (const auto& [size, count] : survey.sizes)
        std::printf("%d x %d: %s\n", size.first, size.second, counted(count, "image").c_str());
    if (const std::size_t other = imagesOfOtherShape(survey, options.data.imageHeight, options.data.imageWidth))
        std::printf("%zu of %zu images have other proportions than %d x %d: they %s (data.fit %s)\n", other,
                    survey.images, options.data.imageHeight, options.data.imageWidth, whatHappens(options.data.fit),
                    options.fit.c_str());
    printGuesses(*dataset);
    for (const auto* list : {&dataset->problems, &survey.unreadable}) {
        for (const DataProblem& problem : *list)
            std::printf("%s: %s%s\n", problem.kind.c_str(), isNamed(problem) ? "" : (problem.path + " ").c_str(),
                        problem.message.c_str());
    }
    return 0;
}

struct ToyOptions {
    ToySettings toys;
    std::string to;
};

int makeToySet(const ToyOptions& options) {
    const Result<void> made =
        makeToys(options.to, options.toys, interruption().get_token(),
                 [](std::size_t done, std::size_t total) { showProgress("drawing", done, total); });
    if (!made)
        return fail(made.error());
    std::cout << options.to << '\n';
    return 0;
}

} // namespace

namespace {

void addInfo(CLI::App& dataset, Context& context) {
    auto options = std::make_shared<InfoOptions>();
    DataSettings& data = options->data;
    CLI::App* command = dataset.add_subcommand(
        "info", "Format, splits, classes, counts, sizes and problems of a folder, archive or table");
    command
        ->add_option(
            "PATH", data.path,
            "Folder of class folders, archive (.zip, .tar, .tar.gz ...), table (.csv) or one of a data set's files")
        ->required();
    command->add_option("--format", data.format,
                        "Reader: auto, folders, tiny-imagenet, cifar10, cifar100, idx, coco, voc, csv or flat");
    command->add_option("--validation-split", data.validationSplit,
                        "Fraction of train used for validation if there is no val folder");
    command->add_option("--split", options->split, "per-class-first or shuffled")
        ->check(CLI::IsMember({"per-class-first", "shuffled"}));
    addSeed(*command, options->seed, "Seed of a shuffled split");
    command->add_option("--group-pattern", data.group.pattern,
                        "Regular expression; images whose paths have the same key stay in one split");
    command->add_option("--group-column", data.group.column,
                        "Column of a table; images with the same value stay in one split");
    command->add_option("--pattern", data.pattern, "Regular expression that finds the class in a file's path");
    command->add_option("--path-column", data.table.pathColumn,
                        "Column of a table: image paths (name, or number from 1)");
    command->add_option("--label-column", data.table.labelColumn, "Column of a table: classes");
    command->add_option("--split-column", data.table.splitColumn, "Column of a table: train, val or test");
    command->add_flag("--merge-alike-labels", data.table.mergeAlikeLabels,
                      "Labels that differ only in case and blanks are one class");
    for (const auto& [option, list, what] : {std::tuple("--train-word", &data.splitWords.train, "training"),
                                             std::tuple("--val-word", &data.splitWords.validation, "validation"),
                                             std::tuple("--test-word", &data.splitWords.test, "test")})
        command
            ->add_option(option, *list, std::string("Folder name or table value that means ") + what + " (repeatable)")
            ->allow_extra_args(false);
    command->add_option("--header", options->header, "Whether the table's first row is a header")
        ->check(CLI::IsMember({"auto", "yes", "no"}));
    command->add_option("--size", options->size, "HEIGHTxWIDTH that images will be made (default 128x128)");
    command->add_option("--fit", options->fit, "What becomes of images of other proportions: stretch, crop or pad")
        ->check(CLI::IsMember({"stretch", "crop", "pad"}));
    command->add_option("--files", options->files, "Write path, class and subset of every image to this CSV file");
    command->add_option("--boxes", options->boxes,
                        "Write the boxes that come with the images (Tiny-ImageNet, the toy set) to this CSV file");
    command->add_flag("--json", options->json, "Print JSON");
    command->callback(
        [options, &context] { context.chosen = [options, &context] { return info(*options, context); }; });
}

} // namespace

void addDataset(CLI::App& app, Context& context) {
    CLI::App& dataset = group(app, "dataset", "Data sets: info, check, suggest, suspects, make, fetch");
    addInfo(dataset, context);
    addDatasetFetch(dataset, context);
    addDatasetSuggest(dataset, context);
    addDatasetSuspects(dataset, context);

    auto toyOptions = std::make_shared<ToyOptions>();
    CLI::App& make = group(dataset, "make", "Generate a data set");
    CLI::App* toys = make.add_subcommand("toys", "Five classes of drawn toys, with their boxes");
    toys->add_option("--to", toyOptions->to, "Folder to write")->required();
    addSeed(*toys, toyOptions->toys.seed, "Same seed, same images");
    toys->add_option("--train", toyOptions->toys.train, "Training images per class")->check(CLI::Range(1, 100000));
    toys->add_option("--val", toyOptions->toys.validation, "Validation images per class")->check(CLI::Range(0, 100000));
    toys->add_option("--test", toyOptions->toys.test, "Test images per class")->check(CLI::Range(0, 100000));
    toys->add_option("--size", toyOptions->toys.size, "Width and height in pixels")->check(CLI::Range(16, kLargestToy));
    toys->add_option("--biased", toyOptions->toys.biased,
                     "Fraction of training images with a sticker that gives the class away")
        ->check(CLI::Range(0.0, 1.0));
    toys->callback([toyOptions, &context] { context.chosen = [toyOptions] { return makeToySet(*toyOptions); }; });
}

} // namespace sightline::cli
