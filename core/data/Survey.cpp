// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Survey.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

namespace sightline {

namespace {
constexpr std::size_t kProgressEvery = 64;

/// One thread's share. Sums are whole numbers: the result does not depend on who decoded what.
struct Part {
    std::map<std::pair<int, int>, std::size_t> sizes;
    std::vector<DataProblem> unreadable;
    std::array<std::uint64_t, 3> sum{}, squares{};
    std::uint64_t pixels = 0;
    std::size_t images = 0;

    void add(const Image& image)
    {
        ++images;
        ++sizes[{image.height, image.width}];
        const auto channels = static_cast<std::size_t>(image.channels);
        for (std::size_t i = 0; i < image.pixels.size(); ++i) {
            const std::uint64_t value = image.pixels[i];
            sum[i % channels] += value;
            squares[i % channels] += value * value;
        }
        pixels += image.pixels.size() / channels;
    }
};
} // namespace

Survey survey(const Dataset& dataset, int threads, std::stop_token stop, const Progress& progress)
{
    std::vector<Part> parts(static_cast<std::size_t>(std::max(1, threads)));
    std::atomic<std::size_t> next{0}, done{0};
    {
        std::vector<std::jthread> workers;
        for (Part& part : parts) {
            workers.emplace_back([&] {
                for (std::size_t i = next++; i < dataset.samples.size() && !stop.stop_requested(); i = next++) {
                    const Sample& sample = dataset.samples[i];
                    if (const auto image = dataset.source->decoded(sample, ColorMode::Rgb, Orientation::Apply))
                        part.add(*image);
                    else
                        part.unreadable.push_back({"unreadable", sample.path, image.error().message});
                    if (const std::size_t count = ++done; count % kProgressEvery == 0 && progress)
                        progress(count, dataset.samples.size());
                }
            });
        }
    }
    Survey all;
    Part total;
    for (Part& part : parts) {
        for (const auto& [size, count] : part.sizes)
            all.sizes[size] += count;
        all.unreadable.insert(all.unreadable.end(), part.unreadable.begin(), part.unreadable.end());
        for (std::size_t c = 0; c < 3; ++c) {
            total.sum[c] += part.sum[c];
            total.squares[c] += part.squares[c];
        }
        total.pixels += part.pixels;
        all.images += part.images;
    }
    for (std::size_t c = 0; c < 3 && total.pixels > 0; ++c) {
        const auto pixels = static_cast<double>(total.pixels);
        all.mean[c] = static_cast<double>(total.sum[c]) / pixels;
        all.deviation[c] = std::sqrt(std::max(0.0, static_cast<double>(total.squares[c]) / pixels - all.mean[c] * all.mean[c]));
    }
    std::sort(all.unreadable.begin(), all.unreadable.end(), [](const DataProblem& a, const DataProblem& b) { return a.path < b.path; });
    return all;
}

} // namespace sightline
