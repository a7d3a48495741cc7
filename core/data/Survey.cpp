// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Survey.h"

#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cmath>
#include <new>

#include "data/ContentDigest.h"
#include "data/SurveyCache.h"
#include "experiment/PixelJson.h"
#include "support/Workers.h"

namespace sightline {

namespace {
constexpr std::size_t kProgressEvery = 64;

void addPixels(ImageFacts& facts, const Image& image) {
    facts.lowest = {255, 255, 255};
    facts.grey = true;
    const std::size_t count = image.pixels.size() / 3;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint8_t* pixel = image.pixels.data() + 3 * i;
        for (std::size_t c = 0; c < 3; ++c) {
            const std::uint64_t value = pixel[c];
            facts.sum[c] += value;
            facts.squares[c] += value * value;
            facts.lowest[c] = std::min(facts.lowest[c], pixel[c]);
            facts.highest[c] = std::max(facts.highest[c], pixel[c]);
        }
        facts.grey = facts.grey && pixel[0] == pixel[1] && pixel[1] == pixel[2];
    }
}

ImageFacts factsOf(const Dataset& dataset, const Sample& sample) {
    ImageFacts facts;
    const auto image = shownImage(dataset, sample);
    if (!image) {
        facts.error = image.error().message;
        const auto bytes = dataset.source->bytes(sample);
        facts.empty = bytes && bytes->empty();
        return facts;
    }
    facts.height = image->height;
    facts.width = image->width;
    addPixels(facts, *image);
    const std::uint64_t size =
        static_cast<std::uint64_t>(image->height) << 32 | static_cast<std::uint32_t>(image->width);
    const XXH128_hash_t hash = XXH3_128bits_withSeed(image->pixels.data(), image->pixels.size(), size);
    facts.pixels = {hash.low64, hash.high64};
    facts.glance = glanceOf(*image);
    return facts;
}

/// Decoders are libraries: an image on which one throws counts as unreadable.
ImageFacts factsOrReason(const Dataset& dataset, const Sample& sample) {
    try {
        return factsOf(dataset, sample);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        ImageFacts facts;
        facts.error = sample.path + " cannot be decoded: " + error.what();
        return facts;
    }
}

/// "photo.jpeg" -> "JPG"; empty where the name has no ending.
std::string typeOf(const std::string& path) {
    const auto dot = path.rfind('.');
    if (dot == std::string::npos || path.size() - dot > 5 || path.find('/', dot) != std::string::npos)
        return {};
    std::string type = path.substr(dot + 1);
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return type == "JPEG" ? "JPG" : type == "TIFF" ? "TIF" : type;
}
/// Tells apart what the same file's pixels may become; 0 for the defaults.
std::uint64_t readingKey(const Dataset& dataset) {
    PixelSettings pixels = dataset.resolved(dataset.pixels);
    pixels.orientation = Orientation::Apply; // as shownImage() reads
    if (pixels.channels.kind != ChannelSettings::Kind::Chosen)
        pixels.channels = ChannelSettings::rgb();
    PixelSettings usual;
    usual.depth = DepthSettings::full();
    if (pixels == usual)
        return 0;
    const std::string text =
        toText(Json{toJson(pixels.depth), toJson(pixels.channels), toJson(pixels.background), pixels.page}, -1);
    return XXH3_64bits(text.data(), text.size());
}
} // namespace

Survey survey(const Dataset& dataset, int threads, std::stop_token stop, const Progress& progress,
              const std::filesystem::path& cache) {
    Survey survey;
    const std::size_t total = dataset.samples.size();
    survey.facts.resize(total);
    SurveyCache known = cache.empty() ? SurveyCache() : SurveyCache::read(cache, dataset.root);
    std::vector<std::uint64_t> keys(cache.empty() ? 0 : total);
    std::vector<std::uint8_t> seen(total);
    std::atomic<std::size_t> next{0}, done{0}, decoded{0};
    const std::uint64_t reading = readingKey(dataset);
    const auto work = [&](int) {
        for (std::size_t i = next++; i < total && !stop.stop_requested(); i = next++) {
            const Sample& sample = dataset.samples[i];
            const ImageFacts* found = nullptr;
            if (!cache.empty()) {
                keys[i] = contentKeyOf(*dataset.source, sample);
                keys[i] = keys[i] == 0 ? 0 : keys[i] ^ reading;
                found = keys[i] != 0 ? known.find(keys[i]) : nullptr;
            }
            if (found) {
                survey.facts[i] = *found;
            } else {
                survey.facts[i] = factsOrReason(dataset, sample);
                ++decoded;
            }
            seen[i] = 1;
            if (const std::size_t count = ++done; count % kProgressEvery == 0 && progress)
                progress(count, total);
        }
    };
    runOnThreads(threads, work);
    survey.decoded = decoded;
    survey.complete = done == total;
    if (decoded > 0 && !cache.empty() &&
        (survey.complete || done > known.size())) // a survey stopped early forgets nothing
        SurveyCache::write(cache, dataset.root, keys, survey.facts, seen);
    summarise(survey, dataset);
    return survey;
}

void summarise(Survey& survey, const Dataset& dataset) {
    survey.sizes.clear();
    survey.types.clear();
    survey.unreadable.clear();
    survey.images = 0;
    survey.grey = true;
    std::array<std::uint64_t, 3> sum{}, squares{};
    std::uint64_t pixels = 0;
    for (std::size_t i = 0; i < survey.facts.size(); ++i) {
        const ImageFacts& facts = survey.facts[i];
        const Sample& sample = dataset.samples[i];
        if (sample.excluded)
            continue;
        if (const std::string type = typeOf(sample.path); !type.empty())
            ++survey.types[type];
        if (!facts.error.empty())
            survey.unreadable.push_back({"unreadable", sample.path, facts.error});
        if (!facts.readable())
            continue;
        ++survey.images;
        ++survey.sizes[{facts.height, facts.width}];
        survey.grey = survey.grey && facts.grey;
        for (std::size_t c = 0; c < 3; ++c) {
            sum[c] += facts.sum[c];
            squares[c] += facts.squares[c];
        }
        pixels += static_cast<std::uint64_t>(facts.height) * static_cast<std::uint64_t>(facts.width);
    }
    survey.grey = survey.grey && survey.images > 0;
    for (std::size_t c = 0; c < 3; ++c) {
        const double count = std::max(1.0, static_cast<double>(pixels));
        survey.mean[c] = static_cast<double>(sum[c]) / count;
        survey.deviation[c] =
            std::sqrt(std::max(0.0, static_cast<double>(squares[c]) / count - survey.mean[c] * survey.mean[c]));
    }
    std::sort(survey.unreadable.begin(), survey.unreadable.end(),
              [](const DataProblem& a, const DataProblem& b) { return a.path < b.path; });
}

std::size_t imagesOfOtherShape(const Survey& survey, int height, int width) {
    std::size_t count = 0;
    for (const auto& [size, images] : survey.sizes) {
        const double h = size.first, w = size.second;
        const double wanted = static_cast<double>(width) / height * h; // its width, were it of that shape
        if (std::abs(wanted - w) > std::max(1.0, wanted / width) && std::abs(w / wanted * h - h) > 1)
            count += images;
    }
    return count;
}

double imbalance(const std::vector<std::size_t>& countsPerClass) {
    std::size_t least = 0, most = 0;
    for (const std::size_t count : countsPerClass) {
        most = std::max(most, count);
        if (count > 0)
            least = least == 0 ? count : std::min(least, count);
    }
    return least == 0 ? 1.0 : static_cast<double>(most) / static_cast<double>(least);
}

} // namespace sightline
