// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "support/Result.h"

namespace sightline {

/// One file to fetch over http or https.
struct Download {
    std::string url;
    std::filesystem::path file; ///< where it is put, whole and checked, in one step; beside it `file`.part until then
    std::uint64_t bytes = 0;    ///< its size; 0 = not known
    std::string digest{};       ///< "sha256:<hex>" or "md5:<hex>"; empty = not known
};

/// How long to wait, how often to try. The defaults are for people; tests shorten them.
struct DownloadSettings {
    int connectSeconds = 20;
    int stallSeconds = 30; ///< no byte for so long: the connection counts as broken
    int tries = 5;         ///< connections broken one after the other without a byte gained before it gives up
    int pauseMs = 1000;    ///< between tries
    std::uint64_t maximumBytes = std::uint64_t{64} << 30; ///< where `bytes` is not known
};

/// Bytes here of bytes in all (0 = not known). Called from the calling thread, a few times a second.
using DownloadProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Fetches a file, going on where an earlier attempt ended (Range with If-Range, so that a file which has changed since
/// is fetched anew). Follows redirects, never from https to http. A file that is already there and passes its checks is
/// left alone.
///
/// Size and digest are checked before the file gets its name; what fails them is deleted. A broken connection, a full
/// disk and Ctrl-C (`stop`) keep the .part file: the same call goes on. Two calls for one file at a time: the second is
/// an error. Synchronous; safe to call from any thread. Errors are one sentence and name the address or the file.
///
///     const Result<void> fetched = download({url, home / "weights" / "x.safetensors", 0, "sha256:..."}, stop,
///     progress);
Result<void> download(const Download& wanted, std::stop_token stop = {}, const DownloadProgress& progress = {},
                      const DownloadSettings& settings = {});

/// "12.3 MB", for progress bars and messages.
std::string bytesText(std::uint64_t bytes);

} // namespace sightline
