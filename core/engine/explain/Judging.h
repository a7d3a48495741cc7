// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/explain/SplitPass.h"
#include "store/RunPredictions.h"

namespace sightline::engine {

/// What the network says of images of the run's data set; those of classes it does not know are skipped.
Result<JudgedImages> judged(const Asked& asked, const RunSplit& split, const std::vector<std::uint32_t>& indices,
                            int batchSize, const Asking& asking);

/// The same of a subset, read from the run's folder where it was kept there, else kept for the next time. `notes` gets
/// a sentence where it cannot be kept. Progress is told only where images pass through the network.
Result<JudgedImages> judgedSubset(const Asked& asked, const RunSplit& split, Subset subset, int batchSize,
                                  const Asking& asking, std::vector<std::string>& notes);

/// Error: a score is not a number, so that nothing can be said of any image.
Result<void> finiteScores(const torch::Tensor& logits);

} // namespace sightline::engine
