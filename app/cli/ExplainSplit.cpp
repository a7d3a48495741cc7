// SPDX-License-Identifier: GPL-3.0-or-later
#include "ExplainSplit.h"

#include <cstdio>
#include <iostream>

#include "HeatMapOptions.h"
#include "ImagePlaces.h"
#include "WriterThread.h"
#include "support/Words.h"

namespace sightline::cli {

namespace {

Result<void> writeBoth(const SplitHeatMap& one, const std::filesystem::path& overlayFile,
                       const std::filesystem::path& mapFile, double opacity) {
    if (!overlayFile.empty()) {
        if (const auto made = makeFolder(overlayFile.parent_path()); !made)
            return made;
        if (const auto written = writePng(overlayFile, overlayOf(one.map, opacity)); !written)
            return written;
    }
    if (mapFile.empty())
        return {};
    if (const auto made = makeFolder(mapFile.parent_path()); !made)
        return made;
    return writeNpy(mapFile, one.map.map);
}

Json fileOrNull(const std::filesystem::path& file) {
    return file.empty() ? Json() : Json(file.string());
}

Json toJson(const SplitHeatMap& one, const std::filesystem::path& overlayFile, const std::filesystem::path& mapFile) {
    return {{"path", one.path},
            {"true", classOf(one.map, static_cast<std::size_t>(one.truth))},
            {"predicted", classOf(one.map, static_cast<std::size_t>(one.map.predicted))},
            {"confidence", one.map.confidence},
            {"target", targetOf(one.map)},
            {"max", one.map.maximum},
            {"saturated", one.map.saturated},
            {"out", fileOrNull(overlayFile)},
            {"map", fileOrNull(mapFile)}};
}

} // namespace

int explainSplit(const AskedModel& model, HeatMapsQuestion question, const SplitFiles& files, bool json) {
    WriterThread writer;
    ImagePlaces places;
    Json maps = Json::array();
    question.each = [&](SplitHeatMap&& one) -> Result<void> {
        const std::filesystem::path place = places.of(one.path);
        const auto below = [&](const std::filesystem::path& folder, const char* extension) {
            return folder.empty() ? folder : folder / (place.string() + extension);
        };
        const std::filesystem::path overlayFile = below(files.overlays, ".png"), mapFile = below(files.maps, ".npy");
        if (json)
            maps.push_back(toJson(one, overlayFile, mapFile));
        auto kept = std::make_shared<const SplitHeatMap>(std::move(one));
        return writer.add([kept, overlayFile, mapFile, opacity = files.opacity] {
            return writeBoth(*kept, overlayFile, mapFile, opacity);
        });
    };
    const auto answer = model.ask(std::move(question), interruption().get_token(),
                                  [](std::size_t done, std::size_t total) { showProgress("Explaining", done, total); });
    const Result<void> written = writer.finish();
    if (!answer)
        return fail(answer.error());
    if (!written)
        return fail(written.error());
    for (const std::string& skipped : answer->skipped)
        std::clog << "skipped: " << skipped << '\n';
    if (json)
        printJson({{"split", answer->split},
                   {"images", answer->images},
                   {"saturated", answer->empty},
                   {"skipped", answer->skipped},
                   {"maps", maps}});
    else
        std::printf("%s: %s explained, %zu without evidence for the target\n", answer->split.c_str(),
                    counted(answer->images, "image").c_str(), answer->empty);
    return 0;
}

} // namespace sightline::cli
