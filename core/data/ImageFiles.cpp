// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/ImageFiles.h"

#include "data/ImageWalk.h"

namespace sightline {

ImageFiles imageFilesIn(const std::filesystem::path& folder, std::stop_token stop) {
    ImageFiles found;
    const FileTreePtr tree = makeDiskTree(folder);
    for (const std::string& path : ImageWalk(*tree, found.passedOver, std::move(stop)).images(""))
        found.files.push_back(folder / path);
    return found;
}

} // namespace sightline
