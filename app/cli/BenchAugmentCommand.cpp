// SPDX-License-Identifier: GPL-3.0-or-later
#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>

#include "Commands.h"
#include "augment/BatchLoader.h"

namespace sightline::cli {

namespace {

struct BenchOptions {
    std::string data, config, size;
    int threads = 1;
    bool decode = false, json = false;
};

/// Enough images to leave the processor's caches, few enough to load at once.
constexpr std::size_t kMostImages = 512;
constexpr double kSeconds = 3;

int run(const BenchOptions& options) {
    DataSettings data;
    data.path = options.data;
    if (!parseSize(options.size, data.imageHeight, data.imageWidth))
        return fail(badInput("--size " + options.size + ": say HEIGHTxWIDTH, like 64x64."));
    const Result<Json> json = readJsonFile(options.config);
    if (!json)
        return fail(json.error());
    std::vector<Problem> found;
    const AugmentationSettings settings = augmentationFromJson(*json, "augmentation", found);
    for (Problem& problem : problems(settings))
        found.push_back(std::move(problem));
    if (!found.empty())
        return fail(badInput(options.config + ": " + joined(found) + "."));
    const Result<Dataset> dataset = openDataset(data, 1, interruption().get_token());
    if (!dataset)
        return fail(dataset.error());

    std::vector<std::uint32_t> samples = dataset->indices(Subset::Train);
    samples.resize(std::min(samples.size(), kMostImages));
    std::vector<Image> images;
    for (const std::uint32_t sample : samples) {
        Result<Image> image = loadSample(*dataset, dataset->samples[sample], data);
        if (!image)
            return fail(image.error());
        images.push_back(std::move(*image));
    }
    const auto size = outputSize(settings, data.imageHeight, data.imageWidth);
    const Normalizer normalizer(NormalizationSettings{}, 3);
    const auto threads = static_cast<std::size_t>(options.threads > 0 ? options.threads : availableCpus());
    std::atomic<std::uint64_t> done{0};
    const auto start = std::chrono::steady_clock::now();
    const auto elapsed = [start] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
    {
        std::vector<std::jthread> workers;
        for (std::size_t t = 0; t < threads; ++t) {
            workers.emplace_back([&, t] {
                std::vector<float> out(static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) * 3);
                std::uint64_t count = 0;
                for (std::size_t i = t; elapsed() < kSeconds; i += threads, ++count) {
                    const std::size_t at = i % images.size();
                    if (options.decode) {
                        const Result<Image> image = loadSample(*dataset, dataset->samples[samples[at]], data);
                        if (image)
                            prepareSample(*image, settings, true, 1, i / images.size(), at, normalizer, out.data());
                    } else
                        prepareSample(images[at], settings, true, 1, i / images.size(), at, normalizer, out.data());
                }
                done += count;
            });
        }
    }
    const double speed = static_cast<double>(done) / elapsed();
    if (options.json)
        printJson({{"images_per_second", speed}, {"threads", threads}});
    else
        std::cout << static_cast<long>(speed) << " images/s on " << threads << (threads == 1 ? " thread\n" : " threads\n");
    return 0;
}

} // namespace

void addBenchAugment(CLI::App& app, Context& context) {
    auto options = std::make_shared<BenchOptions>();
    CLI::App* command = group(app, "bench", "Measure how fast this machine does it").add_subcommand("augment", "Augmented images a second");
    command->add_option("--data", options->data, "Folder of class folders")->required();
    command->add_option("--config", options->config, "The augmentation block (JSON)")->required();
    command->add_option("--size", options->size, "HEIGHTxWIDTH")->required();
    command->add_flag("--decode", options->decode, "Decode and resize each time, from files");
    addThreads(*command, options->threads);
    command->add_flag("--json", options->json, "Print JSON");
    command->callback([options, &context] { context.chosen = [options] { return run(*options); }; });
}

} // namespace sightline::cli
