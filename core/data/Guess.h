// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace sightline {

/// Something a reader decided by what it saw, because nobody said it; a setting overrules it (data/README.md).
struct Guess {
    std::string what;  ///< label_column, path_column, split_column, split_folders, root, depth or page
    std::string value; ///< what was taken: a column, folders, a number
    std::string why;   ///< the evidence, as a sentence without a capital: "its cells name 98 of 100 files"

    bool operator==(const Guess&) const = default;
};

} // namespace sightline
