// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stop_token>

#include "data/FileTree.h"

namespace sightline {

/// .zip, .tar, and .tar with .gz (.tgz), .bz2, .xz, .zst; any case.
bool isArchiveName(const std::string& name);
/// .7z and .rar: known, but not read.
bool isForeignArchiveName(const std::string& name);

/// What a compressed .tar may cost.
struct ArchiveLimits {
    std::uint64_t leastRoom = std::uint64_t{1} << 30;   ///< bytes any may unpack to
    std::uint64_t mostGrowth = 50;                      ///< times its size, where that is more
    std::uint64_t cacheBytes = std::uint64_t{20} << 30; ///< kept in all; what lies unused longest goes first
};

/// An archive as a tree of files, without unpacking it by hand. Members are read on demand: of a .zip by its directory,
/// of a .tar by offset. A compressed .tar is decompressed once into `cache`, under a name made of its path, size and
/// time. A single folder at the top is looked through.
///
/// Links, devices, names that climb out or are absolute, and second members of one name are left out and become
/// problems. Errors: damaged, encrypted, or unpacking to far more than it promises.
Result<FileTreePtr> openArchive(const std::filesystem::path& file, const std::filesystem::path& cache,
                                std::stop_token stop, const Progress& progress, const ArchiveLimits& limits = {});

/// Unpacks a .zip or .tar of any compression into the empty folder `folder`, with the same care; at most
/// `maximumBytes`. A single folder at the top is looked through. On an error the folder is left as it is.
Result<void> unpackArchive(const std::filesystem::path& file, const std::filesystem::path& folder,
                           std::uint64_t maximumBytes, std::stop_token stop, const Progress& progress);

/// A member's name with '/' between parts and without "./"; nothing where it is absolute or climbs out.
std::optional<std::string> memberName(std::string name);

} // namespace sightline
