// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "store/SampleManifest.h"

namespace sightline {

/// For each of `from` its place in `to` by name; -1 where `to` has no such class. Class numbers of a data set mean
/// nothing to a run: this is the way from one to the other.
std::vector<int> classesByName(const std::vector<std::string>& from, const std::vector<std::string>& to);

/// How the images there are now relate to those a run knows.
struct SampleMatch {
    static constexpr std::uint32_t kNone = 0xffffffff;

    std::vector<std::uint32_t> entryOf; ///< of each of Dataset::samples its place in SampleManifest::samples, or kNone
    std::vector<std::uint32_t> fresh;   ///< new since: places in Dataset::samples; none that is excluded by hand
    std::vector<std::uint32_t> missing; ///< gone since: places in SampleManifest::samples
    std::vector<int> runClassOf;        ///< classesByName() of the data set's and the run's classes
    std::size_t renamed = 0;            ///< the same image under another path
    std::size_t altered = 0;            ///< another image under the same path; found by comparing contents only

    bool isNew(std::size_t sample) const { return entryOf[sample] == kNone; }
    std::size_t missingOf(const SampleManifest& manifest, Subset subset) const;
};

enum class Compare {
    Paths,   ///< fast: only what is at no known path is looked at, in case it was renamed
    Contents ///< every image's digest
};

/// Samples match by path and content, then by content (renamed), then by path alone (altered). Long work where contents
/// are compared: reads up to 128 kB of each image on `threads` threads. A stopped match is not to be used.
SampleMatch matchSamples(const SampleManifest& manifest, const Dataset& dataset, Compare compare, int threads,
                         std::stop_token stop = {}, const Progress& progress = {});

/// The run's subset of a data set's sample, whatever the data set puts it into; nothing for one it does not know.
std::optional<Subset> runSubsetOf(const SampleManifest& manifest, const SampleMatch& match, std::size_t sample);

} // namespace sightline
