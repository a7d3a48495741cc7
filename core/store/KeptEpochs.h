// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sightline {

/// A place of a run's course whose weights can be asked.
struct KeptEpoch {
    std::string at; ///< as chooseCheckpoint() takes it: "best" where it is that one, else the epoch, else "last"
    int epoch = 0, batch = 0;            ///< finished, and so many batches of the next one
    bool isBest = false, isLast = false; ///< by the checkpoint monitor; where the run ended
    bool isRestored = false;             ///< early stopping went back to it: the best by its own monitor

    bool operator==(const KeptEpoch&) const = default;
};
/// One for each place, in their order. Where early stopping restored weights, "last" gives these, and where the run
/// ended goes by its epoch. Reads the headers of all checkpoints.
std::vector<KeptEpoch> keptEpochs(const std::filesystem::path& runFolder);

} // namespace sightline
