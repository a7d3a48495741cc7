// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/UnknownRuleFile.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "data/ContentDigest.h"
#include "store/FeatureCache.h"
#include "store/Safetensors.h"
#include "support/Files.h"
#include "support/Json.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kVersion = "unknown 2"; ///< of the file, and of what is fitted

std::string checksumOf(const UnknownRule& rule, const std::vector<float>& known) {
    Fingerprint sum;
    for (const auto* values :
         {&rule.clouds.means.values, &rule.clouds.directions.values, &rule.clouds.variances, &known})
        sum.add(std::string_view(reinterpret_cast<const char*>(values->data()), values->size() * sizeof(float)));
    sum.add(rule.layer);
    return sum.text();
}

std::optional<FloatArray> arrayOf(const SafetensorsFile& file, const char* name, std::size_t dimensions) {
    const TensorView* view = file.find(name);
    if (!view || view->shape.size() != dimensions)
        return {};
    auto values = asFloats(*view);
    return values ? std::optional(FloatArray{view->shape, std::move(*values)}) : std::nullopt;
}

bool isRule(const ClassClouds& clouds) {
    const auto isPositive = [](float value) { return std::isfinite(value) && value > 0; };
    return clouds.means.shape[0] > 0 && clouds.means.shape[1] > 0 &&
           clouds.directions.shape[1] == clouds.means.shape[1] &&
           clouds.variances.size() == static_cast<std::size_t>(clouds.directions.shape[0]) + 1 &&
           std::all_of(clouds.variances.begin(), clouds.variances.end(), isPositive);
}

} // namespace

fs::path unknownRuleFile(const fs::path& runFolder, const std::string& checkpoint) {
    return runFolder / "predictions" / ("unknown-" + checkpoint + ".safetensors");
}

Result<std::string> unknownRuleKey(const fs::path& runFolder, const std::string& weights,
                                   const Experiment& experiment) {
    Json settings = toJson(experiment);
    settings["data"].erase("path"); // the images count, not where they lie
    Fingerprint key;
    key.add(kVersion);
    key.add(weights);
    for (const char* part : {"data", "normalization", "augmentation"})
        key.add(toText(settings[part], -1));
    std::error_code code;
    if (const fs::path list = runFolder / "samples.csv"; fs::exists(list, code)) {
        const Result<std::string> samples = readFile(list);
        if (!samples)
            return samples.error();
        key.add(*samples);
    }
    return key.text();
}

std::optional<UnknownRule> keptUnknownRule(const fs::path& file, const std::string& key) {
    std::error_code code;
    if (!fs::exists(file, code))
        return {};
    const Result<SafetensorsFile> opened = SafetensorsFile::open(file);
    if (!opened)
        return {};
    std::map<std::string, std::string> metadata = opened->metadata();
    auto means = arrayOf(*opened, "means", 2), directions = arrayOf(*opened, "directions", 2),
         variances = arrayOf(*opened, "variances", 1), known = arrayOf(*opened, "known", 2);
    if (metadata["key"] != key || !means || !directions || !variances || !known || known->shape[1] != 2)
        return {};
    UnknownRule rule{metadata["layer"], {std::move(*means), std::move(*directions), std::move(variances->values)}, {}};
    if (metadata["checksum"] != checksumOf(rule, known->values) || !isRule(rule.clouds))
        return {};
    for (std::size_t i = 0; i + 1 < known->values.size(); i += 2)
        rule.known.push_back({known->values[i], known->values[i + 1]});
    return rule;
}

Result<void> keepUnknownRule(const fs::path& file, const std::string& key, const UnknownRule& rule) {
    if (const Result<void> made = makeFolder(file.parent_path()); !made)
        return made;
    std::vector<float> known;
    for (const UnknownSigns& signs : rule.known)
        known.insert(known.end(), {signs.energy, signs.distance});
    const ClassClouds& clouds = rule.clouds;
    return writeSafetensors(file,
                            {{"means", clouds.means.shape, clouds.means.values},
                             {"directions", clouds.directions.shape, clouds.directions.values},
                             {"variances", {static_cast<std::int64_t>(clouds.variances.size())}, clouds.variances},
                             {"known", {static_cast<std::int64_t>(rule.known.size()), 2}, known}},
                            {{"key", key}, {"layer", rule.layer}, {"checksum", checksumOf(rule, known)}});
}

} // namespace sightline
