// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <numeric>
#include <vector>

#include "data/ContentDigest.h"
#include "data/Dataset.h"
#include "data/Overlay.h"
#include "search/SearchFolder.h"
#include "search/TrialRuns.h"
#include "store/SampleManifest.h"

namespace sightline {

/// Has a run of the search know its images, as one that was not trained by a FakeTrainer does.
inline bool rememberImages(const std::filesystem::path& home, const SearchFolder& folder) {
    const auto plan = folder.plan();
    const auto images =
        plan ? openWithOverlay(home, plan->base.data, plan->base.seed, true) : Result<Dataset>(plan.error());
    const auto runs = runsOfSearch(home, folder.id());
    if (!images || runs.empty())
        return false;
    std::vector<std::uint32_t> all(images->samples.size());
    std::iota(all.begin(), all.end(), 0u);
    const SampleManifest known = manifestOf(*images, plan->base.data, digestsOf(*images, all, 1));
    return writeManifest(runs.begin()->second.path(), known).ok();
}

} // namespace sightline
