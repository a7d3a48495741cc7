// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "support/Result.h"

namespace sightline {

/// A checkpoint of a run that is whole: its header and its length are as they were written.
struct KeptCheckpoint {
    std::filesystem::path file;
    int epoch = 0;          ///< finished, as the file says
    int batch = 0;          ///< of the next epoch, so many batches are in it
    bool resumable = false; ///< holds the optimiser's state too
};

/// The whole ones of last, previous, best and epoch-NNNN in `<run>/checkpoints`: the latest first, of one place those
/// that can be gone on from, of these `last`.
std::vector<KeptCheckpoint> wholeCheckpoints(const std::filesystem::path& runFolder);

/// The one a run goes on from: the last, else the latest of all. Nothing: none is whole.
std::optional<KeptCheckpoint> checkpointToResume(const std::filesystem::path& runFolder);

/// The checkpoint that is asked for, or what stands in for a damaged one.
struct ChosenCheckpoint {
    std::filesystem::path file;
    std::string note; ///< one sentence where it is not the one asked for; most often empty
};

/// `which`: best | last | an epoch. best falls back to last where no epoch was the best; last is the weights that early
/// stopping restored, where it did; an epoch of which no file is kept by its number may be best or last. Of a damaged
/// one the latest that is whole takes the place, but for an epoch asked for by number. Errors: there is none.
Result<ChosenCheckpoint> chooseCheckpoint(const std::filesystem::path& runFolder, const std::string& which);

} // namespace sightline
