// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/ProbeFile.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iterator>

#include "experiment/Experiment.h"
#include "support/Files.h"
#include "support/Json.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kMostBytes = 1 << 20;
constexpr std::string_view kBefore = "epoch-", kAfter = ".json";
constexpr int kMostEpochs = 1'000'000;

/// 0 where the name is of no such file.
int epochIn(const std::string& name) {
    if (!name.starts_with(kBefore) || !name.ends_with(kAfter) || name.size() <= kBefore.size() + kAfter.size())
        return 0;
    const char* begin = name.data() + kBefore.size();
    const char* end = name.data() + name.size() - kAfter.size();
    int epoch = 0;
    const auto read = std::from_chars(begin, end, epoch);
    return read.ec == std::errc() && read.ptr == end && epoch > 0 && epoch <= kMostEpochs ? epoch : 0;
}

Json documentOf(const ProbeMap& map) {
    Json json{{"path", map.path}, {"predicted", map.predicted}, {"probability", map.probability}};
    if (!map.truth.empty()) {
        json["true"] = map.truth;
        json["true_probability"] = map.truthProbability;
    }
    json["size"] = {map.height, map.width};
    json["map"] = map.values;
    return json;
}

bool isShare(double value) {
    return value >= 0 && value <= 1;
}

/// What does not fit becomes a problem.
ProbeMap mapFrom(const Json& json, std::vector<Problem>& problems) {
    ProbeMap map;
    JsonReader reader(json, "probes", problems);
    reader.read("path", map.path);
    reader.read("predicted", map.predicted);
    reader.read("probability", map.probability);
    reader.read("true", map.truth);
    reader.read("true_probability", map.truthProbability);
    std::vector<int> size, values;
    reader.read("size", size);
    reader.read("map", values);
    reader.finish();
    if (map.path.empty() || map.predicted.empty() || !isShare(map.probability) || !isShare(map.truthProbability))
        reader.problem("path", "says nothing of an image");
    const bool fits = size.size() == 2 && std::all_of(size.begin(), size.end(),
                                                      [](int side) { return side >= 1 && side <= kLongestProbeSide; });
    if (!fits || values.size() != static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) ||
        !std::all_of(values.begin(), values.end(), [](int value) { return value >= 0 && value <= 255; })) {
        reader.problem("map", "does not have its size");
        return map;
    }
    map.height = size[0];
    map.width = size[1];
    std::transform(values.begin(), values.end(), std::back_inserter(map.values),
                   [](int value) { return static_cast<std::uint8_t>(value); });
    return map;
}

} // namespace

std::string probeFile(int epoch) {
    char name[32];
    std::snprintf(name, sizeof name, "%s/epoch-%04d.json", kProbesFolder, epoch);
    return name;
}

Result<void> writeProbes(const fs::path& run, const ProbeMaps& probes) {
    Json json{{"epoch", probes.epoch}, {"probes", Json::array()}};
    for (const ProbeMap& map : probes.maps)
        json["probes"].push_back(documentOf(map));
    if (const Result<void> made = makeFolder(run / kProbesFolder); !made)
        return made;
    return writeFileAtomically(run / probeFile(probes.epoch), toText(json, -1) + "\n");
}

Result<ProbeMaps> readProbes(const fs::path& run, int epoch) {
    const fs::path file = run / probeFile(epoch);
    const Result<Json> json = readJsonFile(file, kMostBytes);
    if (!json)
        return json.error();
    ProbeMaps probes;
    std::vector<Problem> problems;
    JsonReader reader(*json, "", problems);
    reader.read("epoch", probes.epoch);
    const Json maps = reader.hasValue("probes") ? reader.at("probes") : Json();
    reader.finish();
    if (maps.is_array() && maps.size() <= TrainingSettings::kMostProbes)
        for (const Json& map : maps)
            probes.maps.push_back(mapFrom(map, problems));
    if (!problems.empty() || probes.maps.empty() || probes.epoch != epoch)
        return Error{file.string() + " is damaged; the heat maps of the pinned images after that epoch are lost."};
    return probes;
}

std::vector<int> probeEpochs(const fs::path& run) {
    std::vector<int> epochs;
    std::error_code code;
    for (fs::directory_iterator entry(run / kProbesFolder, code), end; !code && entry != end; entry.increment(code))
        if (const int epoch = epochIn(entry->path().filename().string()); epoch > 0)
            epochs.push_back(epoch);
    std::sort(epochs.begin(), epochs.end());
    return epochs;
}

void forgetProbesAfter(const fs::path& run, int epoch) {
    std::error_code code;
    for (const int drawn : probeEpochs(run))
        if (drawn > epoch)
            fs::remove(run / probeFile(drawn), code);
}

} // namespace sightline
