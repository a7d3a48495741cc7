// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "data/Survey.h"

namespace sightline {

/// What earlier surveys found, a file for each data set in one folder of the home's cache. Never an error: a damaged
/// file, or one of another version, is an empty cache.
class SurveyCache {
public:
    static SurveyCache read(const std::filesystem::path& folder, const std::filesystem::path& root);
    /// Keeps the facts of the samples that were `seen` and could be read (what could not may be mended); then the
    /// oldest files go until the folder is within its bound (512 MB).
    static void write(const std::filesystem::path& folder, const std::filesystem::path& root,
                      const std::vector<std::uint64_t>& keys, const std::vector<ImageFacts>& facts,
                      const std::vector<std::uint8_t>& seen);

    const ImageFacts* find(std::uint64_t key) const;
    std::size_t size() const { return m_facts.size(); }

private:
    std::unordered_map<std::uint64_t, ImageFacts> m_facts;
};

/// A name for a data set's root that is a file name: the folder's own name and a hash of its whole path.
std::string nameOfRoot(const std::filesystem::path& root);

} // namespace sightline
