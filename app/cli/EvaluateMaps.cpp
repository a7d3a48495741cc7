// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <set>

#include "EvaluateMore.h"
#include "engine/Overlay.h"
#include "metrics/Classified.h"

namespace sightline::cli {

namespace {

/// A class's name as a file's: what shells take for something else becomes '_'.
std::string fileNameFor(const std::string& name, std::set<std::string>& taken) {
    std::string stem = folderNameOf(name);
    std::replace_if(
        stem.begin(), stem.end(),
        [](char c) { return std::string_view("\\:*?\"<>|").find(c) != std::string_view::npos; }, '_');
    std::string free = stem;
    for (int number = 2; !taken.insert(free).second; ++number)
        free = stem + "-" + std::to_string(number);
    return free + ".png";
}

/// The mean map in colours, its largest value the hottest.
Image pictureOf(const FloatArray& map) {
    FloatArray scaled = map;
    const float most = *std::max_element(scaled.values.begin(), scaled.values.end());
    for (float& value : scaled.values)
        value = most > 0 ? value / most : 0;
    return colored(scaled, static_cast<int>(map.shape[0]), static_cast<int>(map.shape[1]), ColorMap::Turbo);
}

} // namespace

Result<MapsReport> evaluateMaps(Engine& engine, const MoreAsked& asked) {
    MapsReportQuestion question;
    question.split = asked.split;
    question.dataPath = asked.dataPath;
    return ask(
        engine, asked.source, std::move(question), interruption().get_token(),
        [](std::size_t done, std::size_t total) { showProgress("Heat maps", done, total); }, asked.threads);
}

Result<Json> writeMaps(const MapsReport& report, const std::filesystem::path& folder) {
    Json maps = mapsToJson(report);
    std::set<std::string> taken;
    for (std::size_t i = 0; i < report.classes.size(); ++i) {
        const ClassHeat& heat = report.classes[i];
        maps[i]["file"] = nullptr;
        if (heat.map.values.empty())
            continue;
        const std::filesystem::path file = folder / fileNameFor(heat.name, taken);
        if (const auto written = writePng(file, pictureOf(heat.map)); !written)
            return written.error();
        maps[i]["file"] = file.string();
    }
    return maps;
}

void printMaps(const MapsReport& report) {
    std::printf("\nmean heat maps by %s", nameOf(MapsReportQuestion().method));
    std::printf("\n%-24s %8s %8s %8s   corners: top left, top right, bottom left, bottom right\n", "heat of class",
                "images", "in box", "border");
    for (const ClassHeat& heat : report.classes) {
        char inBox[16] = "-";
        if (heat.shares.inBox)
            std::snprintf(inBox, sizeof inBox, "%.1f %%", *heat.shares.inBox * 100);
        std::printf("%-24s %8zu %8s %6.1f %%  ", heat.name.c_str(), heat.images, inBox, heat.shares.border * 100);
        for (const double corner : heat.shares.corners)
            std::printf(" %5.1f %%", corner * 100);
        std::printf("\n");
    }
    for (const MapsHint& hint : report.hints)
        std::printf("In the %s images: %s\n", hint.split == "train" ? "training" : hint.split.c_str(),
                    sentenceOn(hint, report.classes).c_str());
    if (report.hints.empty())
        std::printf("%s\n", sentenceOnObjects(report).c_str());
}

} // namespace sightline::cli
