// SPDX-License-Identifier: GPL-3.0-or-later
#include "BatchFiles.h"

#include <unistd.h>

#include <utility>

#include "data/Dataset.h"
#include "data/FileTree.h"
#include "engine/BatchSheet.h"
#include "support/Files.h"

namespace sightline::cli {

namespace fs = std::filesystem;

Result<BatchFiles> batchFilesFor(const std::string& out) {
    std::error_code code;
    const fs::path place = fs::absolute(out, code).lexically_normal();
    const bool isFolder = fs::is_directory(place, code) || !place.has_filename();
    const std::string extension = isFolder ? std::string() : lowerCase(place.extension().string());
    if (!extension.empty() && extension != ".png")
        return badInput("--out " + out + ": a batch is written as PNG; name a file that ends with .png, or a folder.");
    const fs::path folder = extension.empty() ? place : place.parent_path();
    if (const Result<void> made = makeFolder(folder); !made)
        return made.error();
    if (::access(folder.c_str(), W_OK) != 0)
        return Error{"The folder " + folder.string() + " cannot be written to; choose another one for --out."};
    if (extension.empty())
        return BatchFiles{folder / "batch.png", folder / "batch.csv"};
    return BatchFiles{place, {}};
}

Result<void> write(const BatchFiles& files, GivenBatch batch, const std::vector<std::string>& classes) {
    sortByLoss(batch);
    if (const Result<void> written = writePng(files.picture, batchSheet(batch, classes));
        !written || files.table.empty())
        return written;
    return writeFileAtomically(files.table, batchTable(batch, classes));
}

} // namespace sightline::cli
