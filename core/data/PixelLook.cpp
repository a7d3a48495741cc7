// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/PixelLook.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <new>
#include <optional>

#include "data/FileTree.h"
#include "data/Raster.h"
#include "support/Words.h"

namespace sightline {

namespace {

constexpr std::size_t kMostImages = 48, kMostDecoded = 16, kMostBytes = std::size_t{256} << 20;
constexpr std::size_t kValuesAnImage = 1 << 16;

/// Formats that may hold more than 8 bits, three channels or one page.
bool mayBeDeep(const std::string& path) {
    constexpr std::array<std::string_view, 11> kEndings{".png",  ".tif",  ".tiff", ".webp", ".gif", ".heic",
                                                        ".heif", ".avif", ".pgm",  ".ppm",  ".pnm"};
    const auto dot = path.rfind('.');
    return dot != std::string::npos &&
           std::find(kEndings.begin(), kEndings.end(), lowerCase(path.substr(dot))) != kEndings.end();
}

/// Positions of at most `most` of them, spread evenly.
std::vector<std::uint32_t> spread(const std::vector<std::uint32_t>& all, std::size_t most) {
    if (all.size() <= most)
        return all;
    std::vector<std::uint32_t> chosen;
    for (std::size_t i = 0; i < most; ++i)
        chosen.push_back(all[i * (all.size() - 1) / (most - 1)]);
    return chosen;
}

/// An image that was looked at.
struct Seen {
    const Sample* sample;
    ImageHeader header;
    std::vector<std::uint8_t> bytes;
};

std::vector<Seen> headersOf(const Dataset& dataset, const std::stop_token& stop) {
    std::vector<std::uint32_t> candidates;
    for (std::uint32_t i = 0; i < dataset.samples.size(); ++i)
        if (dataset.samples[i].subset != Subset::Test && mayBeDeep(dataset.samples[i].path))
            candidates.push_back(i);
    std::vector<Seen> seen;
    std::size_t read = 0, kept = 0;
    for (const std::uint32_t index : spread(candidates, kMostImages)) {
        if (stop.stop_requested() || read > kMostBytes)
            break;
        const Sample& sample = dataset.samples[index];
        Result<std::vector<std::uint8_t>> bytes = dataset.source->bytes(sample);
        if (!bytes)
            continue; // the survey and the loader say so
        read += bytes->size();
        const Result<ImageHeader> header = imageHeader(bytes->data(), bytes->size(), sample.path);
        if (!header)
            continue;
        const bool ordinary = !header->isDeep() && !header->transparent;
        const bool keeps = !ordinary && kept < 2 * kMostDecoded;
        kept += keeps ? 1 : 0;
        seen.push_back({&sample, *header, keeps ? std::move(*bytes) : std::vector<std::uint8_t>()});
    }
    return seen;
}

/// "scan.tif": the first that `fits`, and how many do.
template <typename Fits>
std::pair<const Seen*, std::size_t> countOf(const std::vector<Seen>& seen, Fits fits) {
    const Seen* first = nullptr;
    std::size_t count = 0;
    for (const Seen& image : seen)
        if (fits(image.header)) {
            first = first ? first : &image;
            ++count;
        }
    return {first, count};
}

std::string ofThoseLookedAt(std::size_t count, std::size_t all) {
    return std::to_string(count) + " of " + counted(all, "image") + " looked at";
}

Result<Raster> rasterOf(const Seen& image, int page) {
    return decodeRaster(image.bytes.data(), image.bytes.size(), image.sample->path, page);
}

/// Values of the deep images, a share of each.
struct Values {
    std::vector<double> all;
    double least = 0, most = 0; ///< what their types can hold
    bool whole = true;
    std::size_t images = 0;
};

/// Which channels of a file the pixels are made of.
std::vector<int> usedOf(const Raster& raster, const ChannelSettings& channels) {
    const bool chooses = channels.kind == ChannelSettings::Kind::Chosen;
    std::vector<int> used;
    for (int channel = 0; channel < raster.channels; ++channel)
        if (chooses ? std::count(channels.chosen.begin(), channels.chosen.end(), channel) > 0
                    : channel != raster.alpha && used.size() < (raster.colours() >= 3 ? 3U : 1U))
            used.push_back(channel);
    return used;
}

Values valuesOf(const std::vector<Seen>& seen, const PixelSettings& pixels) {
    Values values;
    for (const Seen& image : seen) {
        if (!image.header.isDeep() || image.bytes.empty() || values.images == kMostDecoded)
            continue;
        const Result<Raster> raster = rasterOf(image, std::min(pixels.page, image.header.pages - 1));
        if (!raster || raster->kind == Raster::Kind::Bytes)
            continue;
        values.whole = values.whole && raster->most > 1;
        values.least = values.images == 0 ? raster->least : std::min(values.least, raster->least);
        values.most = std::max(values.most, raster->most);
        ++values.images;
        const std::vector<int> used = usedOf(*raster, pixels.channels);
        const std::size_t pixelCount = raster->count() / static_cast<std::size_t>(raster->channels);
        const std::size_t step = std::max<std::size_t>(1, raster->count() / kValuesAnImage);
        for (std::size_t pixel = 0; pixel < pixelCount; pixel += step)
            for (const int channel : used) {
                const double value = raster->value(pixel * static_cast<std::size_t>(raster->channels) +
                                                   static_cast<std::size_t>(channel));
                if (std::isfinite(value))
                    values.all.push_back(value);
            }
    }
    return values;
}

double percentile(std::vector<double>& values, double share) {
    const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1) + 0.5);
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<std::size_t>(at)];
}

/// "4095", "0.25".
std::string numberText(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.6g", value);
    return text.data();
}

/// Full where half of what the type can hold is used; else the set's own range.
void lookAtDepth(const std::vector<Seen>& seen, const PixelSettings& pixels, PixelLook& look) {
    Values values = valuesOf(seen, pixels);
    if (values.all.empty())
        return;
    double low = percentile(values.all, 0.001), high = percentile(values.all, 0.999);
    if (!(low < high)) { // nearly all have one value
        const auto [least, most] = std::minmax_element(values.all.begin(), values.all.end());
        low = *least;
        high = *most;
    }
    const bool inside = low >= values.least && high <= values.most;
    if (!(low < high) || (inside && high - low >= (values.most - values.least) / 2))
        return;
    if (values.whole) {
        low = std::floor(low);
        high = std::ceil(high);
    }
    look.depth = DepthSettings::range(low, high);
    look.guesses.push_back({"depth", "[" + numberText(low) + ", " + numberText(high) + "]",
                            counted(values.images, "image") +
                                " of more than 8 bits looked at: 0.1 % of the values lie below " + numberText(low) +
                                " and 0.1 % above " + numberText(high) + ", where " + numberText(values.least) +
                                " to " + numberText(values.most) + " are possible"});
}

/// Whether leaving out transparency leaves one colour, where there is a drawing: that colour.
std::optional<std::uint8_t> onlyColour(const Seen& image) {
    const Result<Raster> raster = rasterOf(image, 0);
    if (!raster || raster->alpha < 0)
        return {};
    PixelSettings grey;
    grey.channels = ChannelSettings::rgb();
    const int alpha = raster->alpha;
    const Result<Image> colours = imageFrom(*raster, grey, image.sample->path);
    grey.channels = ChannelSettings::of({alpha});
    const Result<Image> shape = imageFrom(*raster, grey, image.sample->path);
    if (!colours || !shape)
        return {};
    const auto isOne = [](const std::vector<std::uint8_t>& values, std::size_t step) {
        for (std::size_t i = step; i < values.size(); ++i)
            if (values[i] != values[i - step])
                return false;
        return true;
    };
    if (!isOne(colours->pixels, 3) || isOne(shape->pixels, 1))
        return {};
    return colours->pixels[1];
}

void lookAtTransparency(const std::vector<Seen>& seen, PixelLook& look) {
    std::size_t lost = 0, transparent = 0;
    const Seen* first = nullptr;
    int brightness = 0;
    for (const Seen& image : seen) {
        if (!image.header.transparent || image.bytes.empty() || transparent == kMostDecoded)
            continue;
        ++transparent;
        if (const auto colour = onlyColour(image)) {
            first = first ? first : &image;
            brightness += *colour;
            ++lost;
        }
    }
    if (lost == 0)
        return;
    const bool dark = brightness < 128 * static_cast<int>(lost);
    look.background = dark ? Colour{255, 255, 255} : Colour{0, 0, 0};
    look.problems.push_back({"transparent", first->sample->path,
                             "is one color when its transparency is ignored, like " + std::to_string(lost) + " of " +
                                 counted(transparent, "transparent image") + " looked at; set data.background to " +
                                 (dark ? "[255, 255, 255]" : "[0, 0, 0]")});
}

void lookAtLayout(const std::vector<Seen>& seen, const PixelSettings& pixels, PixelLook& look) {
    if (const auto [paged, pages] = countOf(seen, [](const ImageHeader& header) { return header.pages > 1; });
        paged && pixels.page == 0)
        look.guesses.push_back({"page", "0",
                                paged->sample->path + " has " + std::to_string(paged->header.pages) + " pages, like " +
                                    ofThoseLookedAt(pages, seen.size()) +
                                    "; the first is used, data.page chooses another"});
    const auto [wide, dropped] = countOf(seen, [](const ImageHeader& header) { return header.extraChannels() > 0; });
    if (!wide || pixels.channels.kind == ChannelSettings::Kind::Chosen)
        return;
    const bool alike = std::all_of(seen.begin(), seen.end(), [&wide = wide](const Seen& image) {
        return image.header.channels == wide->header.channels;
    });
    look.channels = alike ? wide->header.channels : 0;
    std::string all;
    for (int channel = 0; channel < wide->header.channels; ++channel)
        all += (channel ? ", " : "") + std::to_string(channel);
    const int used = wide->header.channels - wide->header.extraChannels() - (wide->header.transparent ? 1 : 0);
    look.problems.push_back({"dropped_channels", wide->sample->path,
                             "has " + std::to_string(wide->header.channels) + " channels, of which " +
                                 std::to_string(used) + (used == 1 ? " is" : " are") + " used, like " +
                                 ofThoseLookedAt(dropped, seen.size()) +
                                 (alike ? "; data.channels [" + all + "] uses all"
                                        : "; others have fewer, so that data.channels cannot use all")});
}

} // namespace

PixelLook lookAtPixels(const Dataset& dataset, const PixelSettings& pixels, const std::stop_token& stop) {
    PixelLook look;
    try {
        const std::vector<Seen> seen = headersOf(dataset, stop);
        lookAtLayout(seen, pixels, look);
        lookAtDepth(seen, pixels, look);
        if (pixels.depth.kind != DepthSettings::Kind::Auto) // told, but whoever asks for Auto later gets it
            std::erase_if(look.guesses, [](const Guess& guess) { return guess.what == "depth"; });
        if (pixels.background.drop && pixels.channels.kind != ChannelSettings::Kind::Chosen)
            lookAtTransparency(seen, look);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception&) {
        // decoders are libraries; whoever reads the image says what is wrong with it
    }
    return look;
}

} // namespace sightline
