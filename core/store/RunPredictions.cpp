// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunPredictions.h"

#include <zlib.h>

#include <algorithm>

#include "store/FeatureCache.h"
#include "support/Files.h"
#include "support/Json.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr int kVersion = 1; ///< of the table, and of how the network sees an image

fs::path tableOf(const fs::path& runFolder, const PredictionsKey& key) {
    return runFolder / "predictions" / (key.split + "-" + key.checkpoint + ".csv");
}

fs::path aboutOf(fs::path table) {
    return table.replace_extension(".json");
}

Json aboutTable(const PredictionsKey& key, const std::string& csv) {
    const uLong sum = crc32_z(0, reinterpret_cast<const Bytef*>(csv.data()), csv.size());
    return {{"version", kVersion}, {"fingerprint", key.fingerprint}, {"bytes", csv.size()}, {"crc32", sum}};
}

/// Says which image each row is of: rows are in the data set's order, without those that were skipped.
bool findSamples(std::vector<Prediction>& predictions, const Dataset& dataset, Subset subset) {
    auto row = predictions.begin();
    for (const std::uint32_t index : dataset.indices(subset)) {
        const Sample& sample = dataset.samples[index];
        if (row == predictions.end() || row->path != sample.path || row->truth != sample.label)
            continue;
        row->sample = index;
        ++row;
    }
    return row == predictions.end();
}

} // namespace

Result<PredictionsKey> predictionsKey(const std::string& checkpoint, const std::string& weights,
                                      const Experiment& experiment, const RunData& data, Subset subset,
                                      std::stop_token stop) {
    Json settings = toJson(experiment);
    Json seen = {{"data", settings["data"]},
                 {"normalization", settings["normalization"]},
                 {"augmentation", settings["augmentation"]},
                 {"classes", data.dataset.classes},
                 {"weights", weights}};
    seen["data"].erase("path"); // the images count, not where they lie
    Fingerprint fingerprint;
    fingerprint.add(std::int64_t{kVersion});
    fingerprint.add(toText(seen, -1));
    const std::vector<std::uint32_t> indices = data.dataset.indices(subset);
    for (const std::uint32_t index : indices) {
        const Sample& sample = data.dataset.samples[index];
        fingerprint.add(sample.path);
        fingerprint.add(std::int64_t{sample.label});
    }
    if (const Result<void> read = fingerprint.add(data.dataset, indices, stop); !read)
        return read.error();
    return PredictionsKey{nameOf(subset), checkpoint, fingerprint.text()};
}

Result<void> keepPredictions(const fs::path& runFolder, const PredictionsKey& key, const Dataset& dataset,
                             const JudgedImages& images) {
    const fs::path table = tableOf(runFolder, key);
    if (const Result<void> made = makeFolder(table.parent_path()); !made)
        return made;
    const std::string csv = predictionsCsv(dataset.classes, images.predictions);
    if (const Result<void> written = writeFileAtomically(table, csv); !written)
        return written;
    Json about = aboutTable(key, csv);
    about["skipped"] = images.skipped;
    return writeFileAtomically(aboutOf(table), toText(about) + "\n");
}

std::optional<JudgedImages> findPredictions(const fs::path& runFolder, const PredictionsKey& key,
                                            const Dataset& dataset, Subset subset) {
    const fs::path table = tableOf(runFolder, key);
    std::error_code code;
    if (!fs::exists(aboutOf(table), code))
        return {};
    Result<Json> about = readJsonFile(aboutOf(table));
    if (!about || !about->is_object() || about->value("fingerprint", Json()) != Json(key.fingerprint))
        return {};
    const Json skipped = about->value("skipped", Json());
    if (!skipped.is_array() ||
        !std::all_of(skipped.begin(), skipped.end(), [](const Json& one) { return one.is_string(); }))
        return {};
    about->erase("skipped");
    const Result<std::string> csv = readFile(table);
    if (!csv || *about != aboutTable(key, *csv))
        return {};
    Result<std::vector<Prediction>> predictions = readPredictions(*csv, dataset.classes);
    if (!predictions || !findSamples(*predictions, dataset, subset))
        return {};
    return JudgedImages{std::move(*predictions), skipped.get<std::vector<std::string>>()};
}

} // namespace sightline
