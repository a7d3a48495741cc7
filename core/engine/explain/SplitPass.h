// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/explain/Answers.h"
#include "store/RunData.h"

namespace sightline::engine {

/// The images of one split of a run, in the run's own terms.
struct RunSplit {
    Experiment experiment;
    RunData data;
    Subset subset = Subset::Test;
    std::string note; ///< of a damaged checkpoint; empty: none
};

/// Opens the images of the run that is asked; which split of them is the asker's business. Errors: no run is asked,
/// what openRunData() refuses, cancelled.
Result<RunSplit> openImages(const Asked& asked, const std::string& dataPath, const Asking& asking);

/// The same, of one split. `split`: train | val | test; empty: test where the run has one, else val.
/// Errors: those of openImages(), a split without images; none is named, and the run's test images are gone.
Result<RunSplit> openSplit(const Asked& asked, const std::string& split, const std::string& dataPath,
                           const Asking& asking);

/// Why an image is skipped, with its path, which most reasons name.
std::string whyOf(const std::string& path, const std::string& reason);

/// Of the images of known classes at most so many of each, spread evenly over it, in the order of the split; 0: all,
/// and those of unknown classes.
std::vector<std::uint32_t> someOfEach(const Dataset& dataset, Subset subset, std::size_t most);

/// Images of one pass, at most `batchSize`: of a large network few, so that Stop is heard in time. It depends on the
/// network only: sums in another batch size may differ in their last bits.
std::int64_t imagesAtOnce(const GraphModule& module, int batchSize);

/// Images on their way through the network: [n, C, H, W] of its input size, normalised, and which they are.
using OnImages = std::function<Result<void>(const torch::Tensor& images, std::span<const std::uint32_t> samples)>;

/// Hands over images of a run's data set as validation sees them, in the order of `indices`, few at a time where the
/// network is large, so that Stop is heard in time. Those of classes the run does not know, and those that cannot be
/// read, are added to `skipped` with the reason. Errors: cancelled, and what `each` says.
Result<void> passThrough(const Asked& asked, const RunSplit& split, const std::vector<std::uint32_t>& indices,
                         int batchSize, const Asking& asking, std::vector<std::string>& skipped, const OnImages& each);

} // namespace sightline::engine
