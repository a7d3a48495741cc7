// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "support/Download.h"
#include "support/Result.h"

namespace sightline {

/// One file of a public data set.
struct RemoteFile {
    std::string name;        ///< below the address; also its name here
    std::uint64_t bytes = 0; ///< 0 = not known
    std::string digest;      ///< "md5:<hex>" or "sha256:<hex>"; empty = not known
};

/// A data set that people publish.
struct PublicDataset {
    std::string name;    ///< as `dataset fetch` calls it
    std::string address; ///< its files lie below
    std::vector<RemoteFile> files;
    bool packed = false;             ///< one archive, unpacked here; else the files as they are
    std::uint64_t unpackedBytes = 0; ///< of an archive, at most
};

/// All that `dataset fetch` knows, with sizes and digests as their publishers (or torchvision) state them.
const std::vector<PublicDataset>& publicDatasets();

/// What is going on: "train-images-idx3-ubyte.gz" or "unpacking", bytes done of bytes in all (0 = not known).
using FetchProgress = std::function<void(const std::string& what, std::uint64_t done, std::uint64_t total)>;

/// Downloads, checks and unpacks into the folder `to`, which appears whole or, for single files, file by file. `mirror`
/// replaces the address (the files have to be the same). Goes on where it was stopped; what is there already is left
/// alone. Errors: a download that fails its checks, a folder with something else in it, a full disk, cancelled.
Result<void> fetchDataset(const PublicDataset& dataset, const std::filesystem::path& to, const std::string& mirror,
                          std::stop_token stop, const FetchProgress& progress, const DownloadSettings& settings = {});

} // namespace sightline
