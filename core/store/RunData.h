// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "store/RunFolder.h"
#include "store/SampleMatch.h"

namespace sightline {

/// How a refusal ends that a command's option would help; the window leaves it out.
inline constexpr std::string_view kPlaceOption = " with --set data.path=DIR", kSplitOption = " with --split";

/// The images of a run as they are now, in the run's own terms.
struct RunData {
    /// Its classes are the run's, in its order. Images the run knows have the subset and the class they were trained
    /// with; those that came since are in no count and no index (`excluded`), and listed in `match.fresh`.
    Dataset dataset;
    std::optional<SampleManifest> manifest; ///< nothing for a run of an older version: all below is empty then
    SampleMatch match;
    std::size_t reclassed = 0; ///< known images that have another class where they lie now
    DataPlace place;           ///< where they were found
};

struct RunDataRequest {
    std::string path; ///< where the images are now; empty: where the run says
    Compare compare = Compare::Contents;
    int threads = 1;
};

/// Opens the images of a run, with what was changed by hand when it began laid over. `experiment` is the run's, as it
/// is now. Errors: they are not where they were, none of them is among those found, other classes than the run's (both
/// lists are named), a damaged manifest, cancelled.
Result<RunData> openRunData(const RunFolder& run, const Experiment& experiment, const RunDataRequest& request,
                            std::stop_token stop = {}, const Progress& progress = {});

/// Whether a data set that was opened where a run's images should be has any of them. A run without a manifest, or one
/// that cannot be read, says nothing. Long work where none has the path it had: contents are compared then. Errors: it
/// has none, cancelled.
Result<void> holdsImagesOf(const RunFolder& run, const Dataset& dataset, int threads, std::stop_token stop = {});

/// Makes `path` the place of a run's images from now on, after looking whether they are there: all that match by path
/// or content are counted. Errors: as openRunData(); the run has no manifest, or is in progress.
struct Relocation {
    std::size_t found = 0, missing = 0, altered = 0, fresh = 0;
};
Result<Relocation> relocate(const RunFolder& run, const RunDataRequest& request, std::stop_token stop = {},
                            const Progress& progress = {});

/// Leaves the images the run knows, in the order in which it began: what it draws for each depends on its place.
void keepOrderOfRun(RunData& data);

} // namespace sightline
