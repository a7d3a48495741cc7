// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/questions/Examples.h"
#include "support/Result.h"

namespace sightline::engine {

/// Where a run folder keeps what excites a layer. Names of layers that are no names of files are made ones; two that
/// become the same take each other's place, the key tells them apart.
std::filesystem::path examplesFile(const std::filesystem::path& runFolder, const std::string& checkpoint,
                                   const std::string& split, const std::string& layer);

/// What is kept under the key of a split of so many images. Paths are left empty, `sample` is a place in the split.
/// Nothing where there is none, or where it is torn, altered or of another key.
std::optional<Examples> keptExamples(const std::filesystem::path& file, const std::string& key, std::size_t images);

/// Written atomically, with a checksum.
Result<void> keepExamples(const std::filesystem::path& file, const std::string& key, const Examples& examples);

} // namespace sightline::engine
