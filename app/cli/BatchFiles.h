// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/GivenBatch.h"
#include "support/Result.h"

namespace sightline::cli {

/// Where a batch is shown: `--out FILE.png` is its picture, `--out DIR` gets batch.png and batch.csv.
struct BatchFiles {
    std::filesystem::path picture, table; ///< absolute; no table where one file is asked for
};

/// Makes the folder. Errors: a file that is no PNG, a folder that cannot be made or written to.
Result<BatchFiles> batchFilesFor(const std::string& out);

/// The highest loss first.
Result<void> write(const BatchFiles& files, GivenBatch batch, const std::vector<std::string>& classes);

} // namespace sightline::cli
