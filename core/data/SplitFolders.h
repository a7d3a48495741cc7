// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <stop_token>

#include "data/Dataset.h"

namespace sightline {

/// A folder that may be a split: at the top, or of that name inside each class. Or a value of a table's column.
struct SplitFolder {
    std::string name;
    std::optional<Subset> subset; ///< none: it is not used, or a class
    std::size_t images = 0;
    std::vector<std::string> examples; ///< paths of a few of its images, spread over all

    bool operator==(const SplitFolder&) const = default;
};

/// How the folders of a data set are read.
struct SplitFolders {
    std::vector<SplitFolder> folders;
    bool areClasses = false;    ///< there is no split: each is a class
    bool insideClasses = false; ///< cats/train, cats/test, dogs/train, dogs/test

    bool operator==(const SplitFolders&) const = default;
};

/// What `words` make of the folders; at most `mostExamples` images are named for each. Error: the images are no files.
Result<SplitFolders> splitFolders(const Dataset& dataset, const SplitWords& words, std::size_t mostExamples,
                                  std::stop_token stop = {});

/// The words that make of the folders what is wanted. Errors: no folder is for training; names that cannot be told
/// apart.
Result<SplitWords> wordsFor(const SplitFolders& wanted);

} // namespace sightline
