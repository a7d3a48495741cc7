// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/SampleManifest.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "experiment/PixelJson.h"
#include "support/Csv.h"
#include "support/Files.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSamples = "samples.csv";
constexpr const char* kData = "data.json";
constexpr std::array kColumns{"path", "class", "subset", "bytes", "digest"};
constexpr std::uintmax_t kLargest = std::uintmax_t{2} << 30;

fs::path wholePath(const fs::path& path) {
    std::error_code code;
    const fs::path whole = fs::absolute(path, code).lexically_normal();
    return code ? path : whole;
}

std::optional<Subset> subsetFrom(const std::string& name) {
    for (const Subset subset : {Subset::Train, Subset::Validation, Subset::Test})
        if (name == nameOf(subset))
            return subset;
    return {};
}

bool takeNumber(const std::string& text, int base, std::uint64_t& number) {
    const char* end = text.data() + text.size();
    const auto [rest, fault] = std::from_chars(text.data(), end, number, base);
    return fault == std::errc() && rest == end;
}

/// A cell each of the columns, by their headings; nothing where one is missing.
std::optional<std::array<std::size_t, kColumns.size()>> placesIn(const std::vector<std::string>& header) {
    std::array<std::size_t, kColumns.size()> places{};
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
        const auto found = std::find(header.begin(), header.end(), kColumns[i]);
        if (found == header.end())
            return {};
        places[i] = static_cast<std::size_t>(found - header.begin());
    }
    return places;
}

/// Why a row is no entry; empty where it is.
std::string entryFrom(const std::array<std::string, kColumns.size()>& cells, SampleEntry& entry) {
    const auto& [path, className, subset, bytes, digest] = cells;
    const std::optional<Subset> known = subsetFrom(subset);
    if (path.empty())
        return "it has no path";
    if (!known)
        return "its subset is not one of train, val, test";
    entry = {path, className, *known, {}};
    if (digest.empty())
        return {};
    ContentDigest content;
    if (digest.size() != 16 || !takeNumber(digest, 16, content.hash) || !takeNumber(bytes, 10, content.bytes))
        return "its size or digest is not a number";
    entry.digest = content;
    return {};
}

Result<std::vector<SampleEntry>> readSamples(const fs::path& file) {
    const Result<std::string> text = readFile(file, kLargest);
    if (!text)
        return text.error();
    const auto damaged = [&](std::size_t row, const std::string& why) {
        return badInput("The run's list of images (" + file.string() + ") cannot be read: row " + std::to_string(row) +
                        ": " + why + ".");
    };
    CsvReader reader(*text);
    std::vector<std::string> row;
    const auto places = reader.next(row) ? placesIn(row) : std::nullopt;
    if (!places)
        return damaged(1, "the columns path, class, subset, bytes, digest are missing");
    std::vector<SampleEntry> samples;
    for (std::size_t number = 2; reader.next(row); ++number) {
        std::array<std::string, kColumns.size()> cells;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if ((*places)[i] >= row.size())
                return damaged(number, "it has too few cells");
            cells[i] = row[(*places)[i]];
        }
        SampleEntry entry;
        if (const std::string why = entryFrom(cells, entry); !why.empty())
            return damaged(number, why);
        samples.push_back(std::move(entry));
    }
    return samples;
}

std::string textIn(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

} // namespace

std::size_t SampleManifest::count(Subset subset) const {
    return static_cast<std::size_t>(std::count_if(samples.begin(), samples.end(),
                                                  [&](const SampleEntry& entry) { return entry.subset == subset; }));
}

SampleManifest manifestOf(const Dataset& dataset, const DataSettings& settings, const ContentDigests& digests) {
    SampleManifest manifest;
    manifest.path = wholePath(settings.path).string();
    manifest.root = wholePath(dataset.root);
    manifest.format = dataset.format;
    manifest.classes = dataset.classes;
    const PixelSettings pixels = dataset.resolved(settings.pixels);
    manifest.decoding = {{"depth", toJson(pixels.depth)},
                         {"channels", toJson(pixels.channels)},
                         {"fit", toJson(settings.fit)},
                         {"page", pixels.page},
                         {"background", toJson(pixels.background)}};
    for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
        const Sample& sample = dataset.samples[i];
        if (sample.excluded)
            continue;
        manifest.samples.push_back(
            {sample.path, sample.label < 0 ? std::string() : dataset.classes[static_cast<std::size_t>(sample.label)],
             sample.subset, i < digests.size() ? digests[i] : std::nullopt});
    }
    return manifest;
}

Result<void> writeManifest(const fs::path& runFolder, const SampleManifest& manifest) {
    std::string table = "path,class,subset,bytes,digest\n";
    for (const SampleEntry& entry : manifest.samples) {
        table += csvCell(entry.path) + "," + csvCell(entry.className) + "," + nameOf(entry.subset) + ",";
        table += entry.digest ? std::to_string(entry.digest->bytes) + "," + entry.digest->text() + "\n" : ",\n";
    }
    if (const Result<void> written = writeFileAtomically(runFolder / kSamples, table); !written)
        return written;
    Json json = {{"path", manifest.path},
                 {"root", manifest.root.string()},
                 {"format", manifest.format},
                 {"classes", manifest.classes}};
    json.update(manifest.decoding);
    return writeFileAtomically(runFolder / kData, toText(json) + "\n");
}

Result<std::optional<SampleManifest>> readManifest(const fs::path& runFolder) {
    std::error_code code;
    if (!fs::exists(runFolder / kData, code) || !fs::exists(runFolder / kSamples, code))
        return std::optional<SampleManifest>();
    Result<Json> json = readJsonFile(runFolder / kData);
    if (!json)
        return badInput(json.error().message);
    SampleManifest manifest;
    const bool whole = json->is_object();
    if (whole) {
        manifest.path = textIn(*json, "path");
        manifest.root = textIn(*json, "root");
        manifest.format = textIn(*json, "format");
        if (const auto classes = json->find("classes"); classes != json->end() && classes->is_array())
            for (const Json& name : *classes)
                manifest.classes.push_back(name.is_string() ? name.get<std::string>() : std::string());
        for (const char* key : {"depth", "channels", "fit", "page", "background"})
            if (const auto value = json->find(key); value != json->end())
                manifest.decoding[key] = *value;
    }
    if (manifest.root.empty() || manifest.classes.empty())
        return badInput((runFolder / kData).string() + " lacks root and classes.");
    if (manifest.path.empty())
        manifest.path = manifest.root.string();
    Result<std::vector<SampleEntry>> samples = readSamples(runFolder / kSamples);
    if (!samples)
        return samples.error();
    manifest.samples = std::move(*samples);
    return std::optional(std::move(manifest));
}

std::optional<DataPlace> readDataPlace(const fs::path& runFolder) {
    const Result<Json> json = readJsonFile(runFolder / kData);
    if (!json || !json->is_object())
        return {};
    DataPlace place{textIn(*json, "path"), textIn(*json, "root"), {}};
    if (const auto depth = json->find("depth"); depth != json->end())
        place.depth = depthFromJson(*depth);
    if (place.depth.kind == DepthSettings::Kind::Auto)
        place.depth = DepthSettings::full();
    if (place.path.empty())
        place.path = place.root.string();
    return place.path.empty() ? std::nullopt : std::optional(place);
}

Result<void> writeDataPlace(const fs::path& runFolder, const DataPlace& place) {
    Result<Json> json = readJsonFile(runFolder / kData);
    if (!json)
        return json.error();
    if (!json->is_object())
        return badInput((runFolder / kData).string() + " is not a JSON object.");
    (*json)["path"] = wholePath(place.path).string();
    (*json)["root"] = wholePath(place.root).string();
    return writeFileAtomically(runFolder / kData, toText(*json) + "\n");
}

} // namespace sightline
