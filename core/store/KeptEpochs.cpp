// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/KeptEpochs.h"

#include <cstdlib>
#include <map>
#include <utility>

#include "store/RunCheckpoint.h"
#include "store/Safetensors.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

/// The epoch whose weights early stopping restored; 0: it did not, or does not say (older versions).
int restoredEpoch(const fs::path& checkpoints) {
    const Result<SafetensorsFile> kept = SafetensorsFile::open(checkpoints / "early-stopping.safetensors");
    if (!kept)
        return 0;
    const auto epoch = kept->metadata().find("epoch");
    return epoch == kept->metadata().end() ? 0 : std::atoi(epoch->second.c_str());
}

} // namespace

std::vector<KeptEpoch> keptEpochs(const fs::path& runFolder) {
    const fs::path checkpoints = runFolder / "checkpoints";
    std::error_code code;
    const bool restored = fs::exists(checkpoints / "restored.safetensors", code);
    std::map<std::pair<int, int>, KeptEpoch> places;
    for (const KeptCheckpoint& kept : wholeCheckpoints(runFolder)) {
        const std::string name = kept.file.stem().string();
        const bool isLast = name == "last";
        if (name == "previous" || name == "boundary" ||
            (isLast && restored && kept.batch > 0)) // which cannot be asked for by its epoch
            continue;
        KeptEpoch& place = places[{kept.epoch, kept.batch}];
        place.epoch = kept.epoch;
        place.batch = kept.batch;
        place.isBest = place.isBest || name == "best";
        place.isLast = place.isLast || isLast;
        const bool isNumbered = name.starts_with("epoch-") || (isLast && restored);
        if (name == "best" || (isNumbered && place.at != "best") || place.at.empty())
            place.at = isNumbered ? std::to_string(kept.epoch) : name;
    }
    if (const int epoch = restored ? restoredEpoch(checkpoints) : 0; epoch > 0) {
        KeptEpoch& place = places[{epoch, 0}];
        place.epoch = epoch;
        place.isRestored = true;
        if (place.at.empty())
            place.at = "last";
    }
    std::vector<KeptEpoch> inOrder;
    for (auto& [place, kept] : places)
        inOrder.push_back(std::move(kept));
    return inOrder;
}

} // namespace sightline
