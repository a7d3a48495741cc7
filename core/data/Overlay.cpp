// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Overlay.h"

#include <algorithm>
#include <unordered_map>

#include "data/SurveyCache.h"
#include "support/Files.h"
#include "support/Json.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kLargest = std::uintmax_t{256} << 20;

Error notUnderstood(const fs::path& file, const std::string& why) {
    return badInput("The label edits (" + file.string() + ") cannot be read: " + why +
                    "; fix the file, or move it away to continue without them.");
}

/// { "version": 1, "root": DIR, "relabelled": { path: class }, "excluded": [path] }
Json toJson(const Overlay& overlay, const fs::path& root) {
    Json relabelled = Json::object(), excluded = Json::array();
    for (const auto& [path, entry] : overlay.entries) {
        if (!entry.className.empty())
            relabelled[path] = entry.className;
        if (entry.excluded)
            excluded.push_back(path);
    }
    return {{"version", 1},
            {"root", root.string()},
            {"relabelled", std::move(relabelled)},
            {"excluded", std::move(excluded)}};
}

/// Why the document is no overlay; empty where it is.
std::string fromJson(const Json& json, Overlay& overlay) {
    if (!json.is_object() || json.value("version", Json()) != Json(1))
        return "it is not version 1";
    const Json relabelled = json.value("relabelled", Json::object()), excluded = json.value("excluded", Json::array());
    if (!relabelled.is_object() || !excluded.is_array())
        return "relabelled must be an object and excluded a list";
    for (const auto& [path, name] : relabelled.items()) {
        if (!name.is_string() || name.get_ref<const std::string&>().empty())
            return "relabelled." + path + " is not a class name";
        overlay.entries[path].className = name.get<std::string>();
    }
    for (const Json& path : excluded) {
        if (!path.is_string())
            return "excluded contains something that is not a path";
        overlay.entries[path.get<std::string>()].excluded = true;
    }
    return {};
}

/// A name that is free: FILE.unreadable, FILE.unreadable-2 ...
fs::path aside(const fs::path& file) {
    fs::path free = file.string() + ".unreadable";
    std::error_code code;
    for (int i = 2; fs::exists(free, code); ++i)
        free = file.string() + ".unreadable-" + std::to_string(i);
    return free;
}

Result<Dataset> laid(Result<Dataset> dataset, const Overlay& overlay) {
    if (!dataset || overlay.empty())
        return dataset;
    lay(overlay, *dataset);
    if (dataset->count(Subset::Train) == 0)
        return badInput("All training images of " + dataset->root.string() +
                        " are excluded; include some of them again.");
    return dataset;
}

} // namespace

OverlayEntry Overlay::of(const std::string& path) const {
    const auto found = entries.find(path);
    return found == entries.end() ? OverlayEntry{} : found->second;
}

OverlayEdit applyEdit(const OverlayEdit& edit, Overlay& overlay) {
    OverlayEdit inverse;
    for (const auto& [path, entry] : edit) {
        inverse.emplace_back(path, overlay.of(path));
        if (entry == OverlayEntry{})
            overlay.entries.erase(path);
        else
            overlay.entries[path] = entry;
    }
    std::reverse(inverse.begin(), inverse.end()); // a path named twice ends where it began
    return inverse;
}

void lay(const Overlay& overlay, Dataset& dataset) {
    std::unordered_map<std::string, int> labels;
    for (std::size_t i = 0; i < dataset.classes.size(); ++i)
        labels.emplace(dataset.classes[i], static_cast<int>(i));
    std::erase_if(dataset.problems, [](const DataProblem& problem) { return problem.kind == "overlay_class"; });
    for (Sample& sample : dataset.samples) {
        const auto found = overlay.entries.find(sample.path);
        const OverlayEntry entry = found == overlay.entries.end() ? OverlayEntry{} : found->second;
        const int source = sample.sourceLabel.value_or(sample.label);
        sample.label = source;
        sample.sourceLabel.reset();
        sample.excluded = entry.excluded;
        if (entry.className.empty())
            continue;
        const auto label = labels.find(entry.className);
        if (label == labels.end()) {
            dataset.problems.push_back(
                {"overlay_class", sample.path, "was relabeled " + entry.className + ", a class that no longer exists"});
        } else if (label->second != source) {
            sample.sourceLabel = source;
            sample.label = label->second;
        }
    }
}

OverlayCounts overlayCounts(const Dataset& dataset) {
    OverlayCounts counts;
    for (const Sample& sample : dataset.samples) {
        counts.relabelled += sample.sourceLabel.has_value();
        counts.excluded += sample.excluded;
    }
    return counts;
}

Overlay overlayOf(const Dataset& dataset) {
    Overlay overlay;
    for (const Sample& sample : dataset.samples)
        if (sample.sourceLabel || sample.excluded)
            overlay.entries[sample.path] = {sample.sourceLabel ? dataset.classes[static_cast<std::size_t>(sample.label)]
                                                               : std::string(),
                                            sample.excluded};
    return overlay;
}

fs::path overlayFile(const fs::path& home, const fs::path& root) {
    return home / "overlays" / (nameOfRoot(root) + ".json");
}

Result<Overlay> readOverlay(const fs::path& file) {
    Overlay overlay;
    std::error_code code;
    if (!fs::exists(file, code) && !code)
        return overlay;
    const auto json = readJsonFile(file, kLargest);
    if (!json)
        return notUnderstood(file, "it is not JSON (" + json.error().message + ")");
    if (const std::string why = fromJson(*json, overlay); !why.empty())
        return notUnderstood(file, why);
    return overlay;
}

Result<void> writeOverlay(const fs::path& file, const Overlay& overlay, const fs::path& root) {
    std::error_code code;
    if (fs::exists(file, code) && !readOverlay(file)) {
        fs::rename(file, aside(file), code);
        if (code)
            return Error{"The file " + file.string() + " can be neither read nor moved away: " + code.message() + "."};
    }
    if (overlay.empty()) {
        fs::remove(file, code);
        return code ? Result<void>(Error{"The file " + file.string() + " cannot be removed: " + code.message() + "."})
                    : Result<void>();
    }
    if (const auto made = makeFolder(file.parent_path()); !made)
        return made;
    return writeFileAtomically(file, toText(toJson(overlay, root)) + "\n");
}

Result<Dataset> openWithOverlay(const fs::path& home, const DataSettings& settings, std::uint64_t seed, bool strict,
                                std::stop_token stop, const Progress& progress) {
    Result<Dataset> dataset = openDataset(settings, seed, std::move(stop), progress);
    if (!dataset)
        return dataset;
    const Result<Overlay> overlay = readOverlay(overlayFile(home, dataset->root));
    if (overlay)
        return laid(std::move(dataset), *overlay);
    if (strict)
        return overlay.error();
    dataset->problems.push_back(
        {"overlay_unreadable", overlayFile(home, dataset->root).string(), overlay.error().message});
    return dataset;
}

Result<Dataset> openWithOverlayFile(const fs::path& file, const DataSettings& settings, std::uint64_t seed,
                                    std::stop_token stop, const Progress& progress) {
    const Result<Overlay> overlay = readOverlay(file);
    if (!overlay)
        return overlay.error();
    return laid(openDataset(settings, seed, std::move(stop), progress), *overlay);
}

} // namespace sightline
