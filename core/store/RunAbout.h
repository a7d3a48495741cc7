// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "support/Result.h"

namespace sightline {

/// What a person said of a run: about.json of its folder. Its name wins over the experiment's.
struct RunAbout {
    std::string name, note;
    std::vector<std::string> tags; ///< words, each once, in the order given
    bool starred = false;
    bool archived = false; ///< not shown unless asked for

    bool operator==(const RunAbout&) const = default;
};

/// Nothing said where there is no such file; what cannot be read counts as not said.
RunAbout readAbout(const std::filesystem::path& runFolder);
Result<void> writeAbout(const std::filesystem::path& runFolder, const RunAbout& about);

/// A tag is one word of at most 64 bytes, without blanks and commas. The error says so, and names it.
Result<void> checkTag(const std::string& tag);

} // namespace sightline
