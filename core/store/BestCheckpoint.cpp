// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/BestCheckpoint.h"

#include "store/RunCheckpoint.h"
#include "store/WeightsDigest.h"

namespace sightline {

int bestEpochIn(const Json& state) {
    const Json best = state.is_object() ? state.value("best", Json()) : Json();
    const Json epoch = best.is_object() ? best.value("epoch", Json()) : Json();
    return epoch.is_number_integer() ? epoch.get<int>() : 0;
}

std::optional<std::filesystem::path> checkpointAfter(const std::filesystem::path& runFolder, int epoch) {
    for (const KeptCheckpoint& kept : wholeCheckpoints(runFolder))
        if (kept.epoch == epoch && kept.batch == 0 && kept.resumable && openAsWritten(kept.file))
            return kept.file;
    return {};
}

} // namespace sightline
