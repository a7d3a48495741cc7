// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "support/Result.h"

namespace sightline::cli {

/// Gives each image of a data set a path of its own below a folder: where it lies in the data set, without extension.
class ImagePlaces {
public:
    std::filesystem::path of(const std::string& image);

private:
    std::set<std::string> m_taken;
};

/// Where what is made of images that a person names goes: `given` itself for one image; for several, paths below the
/// folder it names, with as much of each image's own path as tells them apart. Empty where nothing is given.
std::vector<std::filesystem::path> placesOf(const std::string& given, const std::vector<std::string>& images,
                                            const char* extension);

/// Makes the folder that such a path lies in, below the one that was given.
Result<void> makeFolderOf(const std::filesystem::path& file);

/// Refuses a file's name where several images need a folder.
Result<void> namesFolder(const std::string& option, const std::string& given, bool several);

/// Refuses a picture's name that says another format than PNG, which is what is written; folders are not looked at.
Result<void> namesPng(const std::string& option, const std::string& given, bool several);

} // namespace sightline::cli
