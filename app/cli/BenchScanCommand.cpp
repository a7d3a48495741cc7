// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <iostream>

#include "Commands.h"
#include "data/Dataset.h"

namespace sightline::cli {

namespace {

struct BenchOptions {
    DataSettings data;
    bool json = false;
};

int run(const BenchOptions& options) {
    const std::uint64_t before = peakResidentBytes();
    const auto start = std::chrono::steady_clock::now();
    const Result<Dataset> dataset = openDataset(options.data, 42, interruption().get_token());
    if (!dataset)
        return fail(dataset.error());
    std::size_t images = 0;
    for (const Subset subset : {Subset::Train, Subset::Validation, Subset::Test}) {
        images += dataset->count(subset);
        static_cast<void>(dataset->countsPerClass(subset)); // what people see first is part of the time
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const std::uint64_t memory = peakResidentBytes() - before;
    if (options.json)
        printJson({{"images", images},
                   {"seconds", seconds},
                   {"classes", dataset->classes.size()},
                   {"format", dataset->format},
                   {"memory_bytes", memory}});
    else
        std::cout << images << " images of " << dataset->classes.size() << " classes in " << seconds << " s, "
                  << memory / (1 << 20) << " MiB\n";
    return 0;
}

} // namespace

void addBenchScan(CLI::App& app, Context& context) {
    auto options = std::make_shared<BenchOptions>();
    CLI::App* command = group(app, "bench", "Measure speed on this machine")
                            .add_subcommand("scan", "Open a data set: classes and counts");
    command->add_option("path", options->data.path, "Data set: folder, archive or table")->required();
    command->add_option("--format", options->data.format, "The reader's name, or auto");
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([options, &context] { context.chosen = [options] { return run(*options); }; });
}

} // namespace sightline::cli
