// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "data/Dataset.h"

namespace sightline {

/// What an image's bytes are known by, whatever its name, its date and its folder: how many there are, and XXH3 (64
/// bits) of the first and the last 64 kB, of all of them where there are not more than 128 kB.
struct ContentDigest {
    std::uint64_t bytes = 0;
    std::uint64_t hash = 0;

    bool operator==(const ContentDigest&) const = default;
    std::string text() const; ///< the hash as 16 hexadecimal digits
};

ContentDigest digestOf(std::string_view bytes);
/// Of a file its parts are read alone, of a record or an archive's member its bytes. Nothing where they cannot be read.
std::optional<ContentDigest> digestOf(const ImageSource& source, const Sample& sample);

using ContentDigests = std::vector<std::optional<ContentDigest>>;
/// Of the samples `indices` names, in their order, computed on `threads` threads. Stopped early the rest is empty.
ContentDigests digestsOf(const Dataset& dataset, const std::vector<std::uint32_t>& indices, int threads,
                         std::stop_token stop = {}, const Progress& progress = {});

/// What a cache knows an image by: its content, wherever the file lies and whatever its name. Where the digest leaves
/// out the middle of a file, its date counts too. 0: it cannot be read.
std::uint64_t contentKeyOf(const ImageSource& source, const Sample& sample);
/// Of the samples `indices` names, computed on `threads` threads. Stopped early the rest is 0.
std::vector<std::uint64_t> contentKeysOf(const Dataset& dataset, const std::vector<std::uint32_t>& indices, int threads,
                                         std::stop_token stop = {});

} // namespace sightline
