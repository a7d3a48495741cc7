// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store/RunStore.h"

namespace sightline {

struct ImportRequest {
    std::filesystem::path source; ///< as readNetwork() takes it
    std::filesystem::path labels; ///< class names (readLabels()); empty: the file's own, else numbers from 0
    std::string normalization;    ///< a preset's name; empty: the file's own, else what its first layers take, else
                                  ///< imagenet; both are said
    std::string name;             ///< of the run; empty: the file's
};

/// A run without history, and what a person should know of it.
struct ImportedRun {
    RunFolder run;
    std::vector<std::string> notes;
};

/// Makes a run of a network that was trained elsewhere: it is complete, has no epochs and no images, and answers all
/// questions that other runs answer. Errors: the file cannot be read; not as many labels as classes; a normalization
/// that is not known. Where it fails nothing is left.
Result<ImportedRun> importRun(RunStore& store, const ImportRequest& request);

/// Whether a network's file says how its images are normalized, with all values, or its first layers tell. Errors: the
/// file cannot be read.
Result<bool> saysNormalization(const std::filesystem::path& source);

/// Whether a run is one of these.
bool isImported(const std::filesystem::path& runFolder);
/// Whether it has a list of the images it was trained on: an imported run and one of an older version have none.
bool knowsItsImages(const std::filesystem::path& runFolder);

} // namespace sightline
