// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/ProbeTable.h"

#include <algorithm>

#include "engine/ProbeImages.h"

namespace sightline::ui {

namespace {

constexpr int kSide = 112; ///< of a picture: 56 pixels of a screen of twice the density

Image smallPicture(const Dataset& dataset, const Sample& sample, const DataSettings& data) {
    const Result<Image> shown = shownImage(dataset, sample);
    if (!shown)
        return {};
    const Image seen = fitted(withChannels(*shown, 3), data);
    const int longest = std::max(seen.height, seen.width);
    if (longest <= kSide)
        return seen;
    return resized(seen, std::max(1, seen.height * kSide / longest), std::max(1, seen.width * kSide / longest),
                   Interpolation::Bilinear);
}

void addRows(ProbeTable& table) {
    for (const auto& epoch : table.epochs)
        for (const ProbeMap& map : epoch->maps)
            if (std::none_of(table.rows.begin(), table.rows.end(),
                             [&](const ProbeTable::Row& row) { return row.path == map.path; }))
                table.rows.push_back({map.path, {}});
}

} // namespace

const ProbeMap* ProbeTable::at(std::size_t row, std::size_t column) const {
    const std::vector<ProbeMap>& maps = epochs[column]->maps;
    const auto found =
        std::find_if(maps.begin(), maps.end(), [&](const ProbeMap& map) { return map.path == rows[row].path; });
    return found == maps.end() ? nullptr : &*found;
}

ProbeTable readProbeTable(ProbeTable before, const std::filesystem::path& run, const Dataset* dataset,
                          const DataSettings& data, const std::stop_token& stop) {
    ProbeTable table = std::move(before);
    table.problems.clear();
    std::vector<std::shared_ptr<const ProbeMaps>> epochs;
    for (const int epoch : probeEpochs(run)) {
        if (stop.stop_requested())
            return table;
        const auto known = std::find_if(table.epochs.begin(), table.epochs.end(),
                                        [&](const auto& maps) { return maps->epoch == epoch; });
        if (known != table.epochs.end()) {
            epochs.push_back(*known);
            continue;
        }
        Result<ProbeMaps> read = readProbes(run, epoch);
        if (read)
            epochs.push_back(std::make_shared<const ProbeMaps>(std::move(*read)));
        else
            table.problems.push_back(read.error().message);
    }
    table.epochs = std::move(epochs);
    addRows(table);
    if (!dataset)
        return table;
    std::vector<std::string> paths;
    for (const ProbeTable::Row& row : table.rows)
        paths.push_back(row.path);
    const auto samples = probeSamples(paths, *dataset);
    for (std::size_t i = 0; i < table.rows.size() && !stop.stop_requested(); ++i)
        if (table.rows[i].picture.empty() && samples[i])
            table.rows[i].picture = smallPicture(*dataset, dataset->samples[*samples[i]], data);
    return table;
}

} // namespace sightline::ui
