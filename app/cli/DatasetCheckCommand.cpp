// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <iostream>

#include "AtLeastZero.h"
#include "Commands.h"
#include "data/HealthCheck.h"
#include "data/Overlay.h"
#include "data/Survey.h"
#include "support/Words.h"

namespace sightline::cli {

namespace {

struct CheckOptions {
    DataSettings data;
    std::uint64_t seed = 42;
    int threads = 0;
    bool json = false;
};

Json documentOf(const Dataset& dataset, const Survey& survey, const std::vector<Finding>& findings) {
    Json problems = Json::array(), counts = Json::object();
    for (const Finding& finding : findings) {
        Json paths = Json::array();
        for (const std::uint32_t i : finding.samples)
            paths.push_back(dataset.samples[i].path);
        if (paths.empty())
            paths.push_back(finding.path);
        problems.push_back({{"kind", finding.kind},
                            {"path", finding.path},
                            {"message", finding.message},
                            {"paths", std::move(paths)}});
    }
    for (const auto& [kind, count] : countsOf(findings))
        counts[kind] = count;
    const OverlayCounts overlay = overlayCounts(dataset);
    return {{"format", dataset.format},
            {"root", dataset.root.string()},
            {"images", dataset.samples.size() - overlay.excluded},
            {"readable", survey.images},
            {"counts", std::move(counts)},
            {"problems", std::move(problems)},
            {"overlay", {{"relabelled", overlay.relabelled}, {"excluded", overlay.excluded}}}};
}

/// "duplicate (2)" and a line for each finding beneath it.
void print(const Dataset& dataset, const Survey& survey, const std::vector<Finding>& findings) {
    std::printf("%s: %s, %s, %s can be read\n", dataset.root.c_str(), dataset.format.c_str(),
                counted(dataset.classes.size(), "class").c_str(), counted(survey.images, "image").c_str());
    if (const OverlayCounts overlay = overlayCounts(dataset); overlay.relabelled + overlay.excluded > 0)
        std::printf("label edits: %zu relabeled, %zu excluded\n", overlay.relabelled, overlay.excluded);
    if (findings.empty())
        std::printf("no problems found\n");
    auto finding = findings.begin();
    for (const auto& [kind, count] : countsOf(findings)) {
        std::printf("\n%s (%zu)\n", kind.c_str(), count);
        for (std::size_t i = 0; i < count; ++i, ++finding) {
            const bool named = finding->message.find(finding->path) != std::string::npos;
            std::printf("  %s%s\n", named ? "" : (finding->path + " ").c_str(), finding->message.c_str());
        }
    }
}

int check(CheckOptions& options, const Context& context) {
    const std::stop_token stop = interruption().get_token();
    const int threads = options.threads > 0 ? options.threads : availableCpus();
    const Result<Dataset> dataset = openWithOverlay(context.home, options.data, options.seed, false, stop);
    if (!dataset)
        return fail(dataset.error());
    const Survey found = survey(
        *dataset, threads, stop, [](std::size_t done, std::size_t total) { showProgress("reading", done, total); },
        context.home / "cache" / "surveys");
    if (stop.stop_requested())
        return fail(cancelled());
    const std::vector<Finding> findings = healthCheck(*dataset, found, threads, stop);
    if (stop.stop_requested())
        return fail(cancelled());
    if (options.json)
        printJson(documentOf(*dataset, found, findings));
    else
        print(*dataset, found, findings);
    return 0;
}

} // namespace

void addDatasetCheck(CLI::App& app, Context& context) {
    CLI::App& dataset = group(app, "dataset", "Data sets: info, check, make");
    auto options = std::make_shared<CheckOptions>();
    CLI::App* command = dataset.add_subcommand(
        "check", "Health check: unreadable, duplicate, near-duplicate and leaking images, and other problems");
    command->add_option("PATH", options->data.path, "Folder of class folders, or any other data set")->required();
    command
        ->add_option("--validation-split", options->data.validationSplit,
                     "Fraction of train used for validation if there is no val folder")
        ->check(CLI::Range(0.0, 0.999999));
    addSeed(*command, options->seed, "Seed of the split");
    command->add_flag("--json", options->json, "Print JSON");
    addThreads(*command, options->threads);
    command->callback(
        [options, &context] { context.chosen = [options, &context] { return check(*options, context); }; });
}

} // namespace sightline::cli
