// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/KeptEpochs.h"

#include <map>
#include <utility>

#include "store/RunCheckpoint.h"

namespace sightline {

std::vector<KeptEpoch> keptEpochs(const std::filesystem::path& runFolder) {
    std::error_code code;
    const bool restored = std::filesystem::exists(runFolder / "checkpoints" / "restored.safetensors", code);
    std::map<std::pair<int, int>, KeptEpoch> places;
    for (const KeptCheckpoint& kept : wholeCheckpoints(runFolder)) {
        const std::string name = kept.file.stem().string();
        if (name == "previous" || (name == "last" && restored))
            continue;
        KeptEpoch& place = places[{kept.epoch, kept.batch}];
        place.epoch = kept.epoch;
        place.batch = kept.batch;
        place.isBest = place.isBest || name == "best";
        place.isLast = place.isLast || name == "last" || (restored && name == "best");
        const bool isNumbered = name.starts_with("epoch-");
        if (name == "best" || (isNumbered && place.at != "best") || place.at.empty())
            place.at = isNumbered ? std::to_string(kept.epoch) : name;
    }
    std::vector<KeptEpoch> inOrder;
    for (auto& [place, kept] : places)
        inOrder.push_back(std::move(kept));
    return inOrder;
}

} // namespace sightline
