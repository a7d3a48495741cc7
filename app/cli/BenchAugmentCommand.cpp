// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <iostream>
#include <thread>

#include "Commands.h"
#include "augment/Reading.h"

namespace sightline::cli {

namespace {

struct BenchOptions {
    Experiment experiment; ///< its data and augmentation are measured
    std::string config, size;
    int threads = 1;
    bool decode = false, scaled = false, cached = false, json = false;
};

/// Enough images to leave the processor's caches, few enough to load at once.
constexpr std::size_t kMostImages = 512;
constexpr double kSeconds = 3;

/// Wall clock, and the processor time of the whole program: what counts where other programs use the machine too.
class Stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count(); }
    double processorSeconds() const { return static_cast<double>(std::clock() - m_clock) / CLOCKS_PER_SEC; }

private:
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
    std::clock_t m_clock = std::clock();
};

struct Speed {
    double perSecond = 0, perProcessorSecond = 0;

    Speed() = default;
    Speed(std::uint64_t images, const Stopwatch& watch)
        : perSecond(static_cast<double>(images) / watch.seconds()),
          perProcessorSecond(static_cast<double>(images) / std::max(1e-6, watch.processorSeconds())) {}
};

/// Every thread makes samples ready, from memory or from files.
Result<Speed> sampleSpeed(const BenchOptions& options, const LoaderSettings& reading, const Dataset& dataset,
                          const std::vector<std::uint32_t>& samples) {
    const AugmentationSettings& settings = reading.augmentation;
    const auto threads = static_cast<std::size_t>(reading.threads);
    std::vector<Image> images;
    for (const std::uint32_t sample : samples) {
        Result<Image> image = loadSample(dataset, dataset.samples[sample], reading.data);
        if (!image)
            return image.error();
        images.push_back(std::move(*image));
    }
    const auto size = outputSize(settings, reading.data.imageHeight, reading.data.imageWidth);
    const Normalizer normalizer(reading.normalization, 3);
    const std::stop_token stop = interruption().get_token();
    std::atomic<std::uint64_t> done{0};
    const Stopwatch watch;
    {
        std::vector<std::jthread> workers;
        for (std::size_t t = 0; t < threads; ++t) {
            workers.emplace_back([&, t] {
                std::vector<float> out(static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) * 3);
                std::uint64_t count = 0;
                for (std::size_t i = t; watch.seconds() < kSeconds && !stop.stop_requested(); i += threads, ++count) {
                    const std::size_t at = i % images.size();
                    if (options.decode) {
                        const Result<Image> image = loadSample(dataset, dataset.samples[samples[at]], reading.data);
                        if (image)
                            prepareSample(*image, settings, true, reading.seed, i / images.size(), at, normalizer,
                                          out.data());
                    } else
                        prepareSample(images[at], settings, true, reading.seed, i / images.size(), at, normalizer,
                                      out.data());
                }
                done += count;
            });
        }
    }
    return Speed(done, watch);
}

/// The trainer's own loader from its second epoch on, when nothing is decoded any more.
Result<Speed> cachedSpeed(const LoaderSettings& reading, const Dataset& dataset,
                          const std::vector<std::uint32_t>& samples) {
    BatchLoader loader(dataset, samples, reading);
    const std::stop_token stop = interruption().get_token();
    loader.startEpoch(0);
    while (loader.next() && !stop.stop_requested()) {
    }
    if (const auto skipped = loader.skipped(); !skipped.empty())
        return badInput(skipped.front().reason);
    if (const std::string note = loader.cacheNote(); !note.empty())
        std::clog << note << '\n';
    std::uint64_t done = 0;
    const Stopwatch watch;
    for (std::uint64_t epoch = 1; watch.seconds() < kSeconds && !stop.stop_requested(); ++epoch) {
        loader.startEpoch(epoch);
        while (const Batch* batch = loader.next())
            done += static_cast<std::uint64_t>(batch->size);
    }
    return Speed(done, watch);
}

int run(BenchOptions& options, const std::filesystem::path& home) {
    DataSettings& data = options.experiment.data;
    if (!parseSize(options.size, data.imageHeight, data.imageWidth))
        return fail(badInput("--size " + options.size + ": use HEIGHTxWIDTH, such as 64x64."));
    data.decoding = options.scaled ? Decoding::Scaled : Decoding::Exact;
    const Result<Json> json = readJsonFile(options.config);
    if (!json)
        return fail(json.error());
    std::vector<Problem> found;
    options.experiment.augmentation = augmentationFromJson(*json, "augmentation", found);
    for (Problem& problem : problems(options.experiment.augmentation))
        found.push_back(std::move(problem));
    if (!found.empty())
        return fail(badInput(options.config + ": " + joined(found) + "."));
    const Result<Dataset> dataset = openDataset(data, options.experiment.seed, interruption().get_token());
    if (!dataset)
        return fail(dataset.error());
    std::vector<std::uint32_t> samples = dataset->indices(Subset::Train);
    if (samples.empty())
        return fail(badInput(data.path + " has no training images."));
    samples.resize(std::min(samples.size(), kMostImages));
    LoaderSettings reading = readingFor(options.experiment, nullptr, Reading::Training, home);
    reading.threads = options.threads > 0 ? options.threads : availableCpus();
    const Result<Speed> speed =
        options.cached ? cachedSpeed(reading, *dataset, samples) : sampleSpeed(options, reading, *dataset, samples);
    if (!speed)
        return fail(speed.error());
    if (interruption().stop_requested())
        return fail(cancelled());
    if (options.json)
        printJson({{"images_per_second", speed->perSecond},
                   {"images_per_cpu_second", speed->perProcessorSecond},
                   {"threads", reading.threads}});
    else
        std::cout << static_cast<long>(speed->perSecond) << " images/s on " << reading.threads
                  << (reading.threads == 1 ? " thread\n" : " threads\n");
    return 0;
}

} // namespace

void addBenchAugment(CLI::App& app, Context& context) {
    auto options = std::make_shared<BenchOptions>();
    CLI::App* command =
        group(app, "bench", "Measure speed on this machine").add_subcommand("augment", "Augmented images per second");
    command->add_option("--data", options->experiment.data.path, "Folder of class folders")->required();
    command->add_option("--config", options->config, "The augmentation block (JSON)")->required();
    command->add_option("--size", options->size, "HEIGHTxWIDTH")->required();
    command->add_flag("--decode", options->decode, "Decode and resize from files each time");
    command->add_flag("--scaled", options->scaled, "Decode large JPEGs at reduced size (data.decode: scaled)");
    command->add_flag("--cached", options->cached, "The trainer's loader from its second epoch on")
        ->excludes("--decode");
    command
        ->add_option("--cache-memory-mb", options->experiment.data.cacheMemoryMegabytes,
                     "With --cached: memory for decoded images; the others go to a file")
        ->check(CLI::Range(0, 16777216));
    addThreads(*command, options->threads);
    command->add_flag("--json", options->json, "Print JSON");
    command->callback(
        [options, &context] { context.chosen = [options, &context] { return run(*options, context.home); }; });
}

} // namespace sightline::cli
