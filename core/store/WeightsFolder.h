// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/Result.h"

namespace sightline {

/// A weight file of a folder that serves as a hub of one's own.
struct FolderWeights {
    std::string name;           ///< what `weights fetch` and `model.weights` call it
    std::filesystem::path file; ///< a .safetensors file
    std::uint64_t bytes = 0;

    bool operator==(const FolderWeights&) const = default;
};

/// The networks of the zoo that a weight file fits.
struct WeightsNetwork {
    std::string network; ///< empty: none of the zoo
    int classes = 0;     ///< that it tells apart
};

/// The weight files of a folder, by name: NAME.safetensors, NAME/model.safetensors, and what the hub's own tools keep
/// (models--OWNER--NAME/snapshots/COMMIT/model.safetensors, the newest). Nothing is opened. Error: no such folder, or
/// one that cannot be listed.
Result<std::vector<FolderWeights>> weightsIn(const std::filesystem::path& folder);

/// Whose weights they are: of public names what is known of them, else the first network of the zoo that has all the
/// file's tensors. Error: not a sound safetensors file.
Result<WeightsNetwork> networkOf(const FolderWeights& weights);

/// Whether they are for this network of the zoo: one graph is built, not all of them.
bool areFor(const FolderWeights& weights, const std::string& network);

/// Copies weights into the data home (hubFile()), where their name means them from then on. What lies there under
/// that name is replaced only once the copy is whole. Errors: not a sound file, fits no network of the zoo, or not that
/// of its public name; no room.
Result<std::filesystem::path> takeWeights(const FolderWeights& weights, const std::filesystem::path& home);

} // namespace sightline
