// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/KeptExamples.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include "data/ContentDigest.h"
#include "store/FeatureCache.h"
#include "store/Safetensors.h"
#include "support/Files.h"
#include "support/Json.h"

namespace sightline::engine {

namespace {

using Metadata = std::map<std::string, std::string>;

constexpr std::size_t kFields = 4; ///< of an example: value, place in the split, row, column

/// Of the numbers and what they mean, so that a single altered byte is seen.
std::string checksum(std::span<const float> examples, std::span<const float> means, const Metadata& metadata) {
    Fingerprint sum;
    for (const auto& values : {examples, means})
        sum.add(std::string_view(reinterpret_cast<const char*>(values.data()), values.size_bytes()));
    for (const auto& [name, value] : metadata)
        if (name != "checksum")
            sum.add(name + "=" + value + "\n");
    return sum.text();
}

std::int64_t number(const Metadata& metadata, const char* name) {
    const auto found = metadata.find(name);
    return found == metadata.end() || found->second.empty() || found->second.size() > 9 ||
                   found->second.find_first_not_of("0123456789") != std::string::npos
               ? -1
               : std::stoll(found->second);
}

bool isPlace(float number) {
    return number >= 0 && number < 1e6f;
}

} // namespace

std::filesystem::path examplesFile(const std::filesystem::path& runFolder, const std::string& checkpoint,
                                   const std::string& split, const std::string& layer) {
    constexpr std::size_t kLongest = 100;
    std::string name = split + "-" + checkpoint + "-" + layer.substr(0, kLongest);
    if (layer.size() > kLongest) // two may begin alike
        name += "-" + digestOf(layer).text();
    for (char& letter : name)
        if (letter == '/' || letter == '\\' || static_cast<unsigned char>(letter) < ' ')
            letter = '_';
    return runFolder / "examples" / (name + ".safetensors");
}

std::optional<Examples> keptExamples(const std::filesystem::path& file, const std::string& key, std::size_t images) {
    std::error_code code;
    if (!std::filesystem::exists(file, code))
        return {};
    const Result<SafetensorsFile> opened = SafetensorsFile::open(file);
    if (!opened)
        return {};
    const Metadata& metadata = opened->metadata();
    const TensorView *found = opened->find("examples"), *means = opened->find("means");
    if (!metadata.contains("key") || metadata.at("key") != key || !metadata.contains("checksum") || !found || !means)
        return {};
    const Result<std::vector<float>> values = asFloats(*found), averages = asFloats(*means);
    if (!values || !averages || metadata.at("checksum") != checksum(*values, *averages, metadata))
        return {};
    if (found->shape.size() != 3 || found->shape[2] != static_cast<std::int64_t>(kFields) || means->shape.size() != 2 ||
        means->shape[0] < 1 || means->shape[1] != found->shape[0])
        return {};

    Examples examples;
    examples.images = static_cast<std::size_t>(std::max<std::int64_t>(0, number(metadata, "images")));
    examples.height = static_cast<int>(number(metadata, "height"));
    examples.width = static_cast<int>(number(metadata, "width"));
    if (const auto skipped = metadata.find("skipped"); skipped != metadata.end())
        if (const Result<Json> list = parseJson(skipped->second, file.string()); list && list->is_array())
            for (const Json& one : *list)
                examples.skipped.push_back(one.is_string() ? one.get<std::string>() : std::string());
    const auto channels = static_cast<std::size_t>(found->shape[0]), each = static_cast<std::size_t>(found->shape[1]);
    const float* at = values->data();
    for (std::size_t channel = 0; channel < channels; ++channel) {
        std::vector<Example>& list = examples.channels.emplace_back();
        for (std::size_t i = 0; i < each; ++i, at += kFields) {
            if (!(at[1] >= 0 && at[1] < static_cast<float>(images)) || !isPlace(at[2]) || !isPlace(at[3]))
                return {};
            list.push_back(
                {{}, static_cast<std::uint32_t>(at[1]), at[0], static_cast<int>(at[2]), static_cast<int>(at[3])});
        }
    }
    const float* row = averages->data();
    examples.highestMeans.assign(row, row + channels);
    for (std::int64_t i = 1; i < means->shape[0]; ++i) {
        row += channels;
        const bool isEmpty = std::isnan(*row);
        examples.classMeans.emplace_back(row, isEmpty ? row : row + channels);
    }
    return examples;
}

Result<void> keepExamples(const std::filesystem::path& file, const std::string& key, const Examples& examples) {
    if (const Result<void> made = makeFolder(file.parent_path()); !made)
        return made;
    const std::size_t channels = examples.channels.size();
    std::vector<float> values, means(examples.highestMeans);
    for (const auto& list : examples.channels)
        for (const Example& example : list)
            values.insert(values.end(), {example.value, static_cast<float>(example.sample),
                                         static_cast<float>(example.row), static_cast<float>(example.column)});
    for (const auto& mean : examples.classMeans) {
        means.insert(means.end(), mean.begin(), mean.end());
        if (mean.empty())
            means.insert(means.end(), channels, std::numeric_limits<float>::quiet_NaN());
    }
    Metadata metadata{{"key", key},
                      {"images", std::to_string(examples.images)},
                      {"height", std::to_string(examples.height)},
                      {"width", std::to_string(examples.width)},
                      {"skipped", toText(Json(examples.skipped), -1)}};
    metadata["checksum"] = checksum(values, means, metadata);
    const auto rows = static_cast<std::int64_t>(channels);
    const auto each = static_cast<std::int64_t>(examples.channels.empty() ? 0 : examples.channels.front().size());
    return writeSafetensors(file,
                            {{"examples", {rows, each, static_cast<std::int64_t>(kFields)}, values},
                             {"means", {static_cast<std::int64_t>(examples.classMeans.size()) + 1, rows}, means}},
                            metadata);
}

} // namespace sightline::engine
