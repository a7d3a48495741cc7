// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <iostream>

#include "Commands.h"
#include "data/Dataset.h"
#include "data/Overlay.h"
#include "data/Survey.h"
#include "data/Toys.h"
#include "support/Csv.h"

namespace sightline::cli {

namespace {

struct InfoOptions {
    DataSettings data;
    std::string split = "per-class-first", files;
    std::uint64_t seed = 42;
    bool json = false;
};

Json documentOf(const Dataset& dataset, const Survey& survey) {
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
    return {{"format", dataset.format}, {"root", dataset.root.string()}, {"classes", dataset.classes}, {"splits", std::move(splits)}, {"sizes", std::move(sizes)}, {"problems", std::move(problems)},
            {"overlay", {{"relabelled", overlay.relabelled}, {"excluded", overlay.excluded}}}};
}

Result<void> writeFiles(const Dataset& dataset, const std::string& file) {
    std::string csv = "path,class,subset\n";
    for (const Sample& sample : dataset.samples) {
        if (sample.excluded)
            continue;
        csv += csvCell(sample.path) + "," + (sample.label < 0 ? "" : csvCell(dataset.classes[static_cast<std::size_t>(sample.label)])) + "," + nameOf(sample.subset) + "\n";
    }
    return writeFileAtomically(file, csv);
}

int info(InfoOptions& options, const Context& context) {
    if (!(options.data.validationSplit >= 0 && options.data.validationSplit < 1))
        return fail(badInput("--validation-split must be at least 0 and below 1."));
    options.data.split = options.split == "shuffled" ? SplitRule::Shuffled : SplitRule::PerClassFirst;
    const Result<Dataset> dataset = openWithOverlay(context.home, options.data, options.seed, false, interruption().get_token());
    if (!dataset)
        return fail(dataset.error());
    if (!options.files.empty()) {
        if (const Result<void> written = writeFiles(*dataset, options.files); !written)
            return fail(written.error());
    }
    const Survey survey = sightline::survey(*dataset, availableCpus(), interruption().get_token(),
                                            [](std::size_t done, std::size_t total) { showProgress("reading", done, total); }, context.home / "cache" / "surveys");
    if (interruption().stop_requested())
        return fail(cancelled());
    if (options.json) {
        printJson(documentOf(*dataset, survey));
        return 0;
    }
    std::printf("%s: %s, %zu classes\n", dataset->root.c_str(), dataset->format.c_str(), dataset->classes.size());
    std::printf("%-24s %10s %10s %10s\n", "class", "train", "val", "test");
    const auto train = dataset->countsPerClass(Subset::Train), validation = dataset->countsPerClass(Subset::Validation), test = dataset->countsPerClass(Subset::Test);
    for (std::size_t i = 0; i < dataset->classes.size(); ++i)
        std::printf("%-24s %10zu %10zu %10zu\n", dataset->classes[i].c_str(), train[i], validation[i], test[i]);
    if (const OverlayCounts overlay = overlayCounts(*dataset); overlay.relabelled + overlay.excluded > 0)
        std::printf("by hand: %zu relabelled, %zu excluded\n", overlay.relabelled, overlay.excluded);
    for (const auto& [size, count] : survey.sizes)
        std::printf("%d x %d: %zu images\n", size.first, size.second, count);
    for (const auto* list : {&dataset->problems, &survey.unreadable}) {
        for (const DataProblem& problem : *list)
            std::printf("%s: %s %s\n", problem.kind.c_str(), problem.path.c_str(), problem.message.c_str());
    }
    return 0;
}

struct ToyOptions {
    ToySettings toys;
    std::string to;
};

int makeToySet(const ToyOptions& options) {
    const Result<void> made = makeToys(options.to, options.toys, interruption().get_token(), [](std::size_t done, std::size_t total) { showProgress("drawing", done, total); });
    if (!made)
        return fail(made.error());
    std::cout << options.to << '\n';
    return 0;
}

} // namespace

void addDataset(CLI::App& app, Context& context) {
    CLI::App& dataset = group(app, "dataset", "Data sets: info, make");
    auto options = std::make_shared<InfoOptions>();
    CLI::App* command = dataset.add_subcommand("info", "Format, splits, classes, counts, sizes and problems of a folder");
    command->add_option("PATH", options->data.path, "Folder of class folders")->required();
    command->add_option("--validation-split", options->data.validationSplit, "Share of train used for validation where there is no val folder");
    command->add_option("--split", options->split, "per-class-first or shuffled")->check(CLI::IsMember({"per-class-first", "shuffled"}));
    command->add_option("--seed", options->seed, "Seed of a shuffled split");
    command->add_option("--files", options->files, "Write path, class and subset of every image to this CSV file");
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([options, &context] { context.chosen = [options, &context] { return info(*options, context); }; });

    auto toyOptions = std::make_shared<ToyOptions>();
    CLI::App& make = group(dataset, "make", "Generate a data set");
    CLI::App* toys = make.add_subcommand("toys", "Five classes of drawn toys, with their boxes");
    toys->add_option("--to", toyOptions->to, "Folder to write")->required();
    toys->add_option("--seed", toyOptions->toys.seed, "Same seed, same images");
    toys->add_option("--train", toyOptions->toys.train, "Training images of each class")->check(CLI::Range(1, 100000));
    toys->add_option("--val", toyOptions->toys.validation, "Validation images of each class")->check(CLI::Range(0, 100000));
    toys->add_option("--test", toyOptions->toys.test, "Test images of each class")->check(CLI::Range(0, 100000));
    toys->add_option("--size", toyOptions->toys.size, "Pixels, square")->check(CLI::Range(16, 2048));
    toys->add_option("--biased", toyOptions->toys.biased, "Share of training images with a sticker that gives the class away")->check(CLI::Range(0.0, 1.0));
    toys->callback([toyOptions, &context] { context.chosen = [toyOptions] { return makeToySet(*toyOptions); }; });
}

} // namespace sightline::cli
