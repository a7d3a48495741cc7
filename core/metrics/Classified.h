// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "data/Dataset.h"
#include "support/Result.h"

namespace sightline {

/// An image that a network was asked about.
struct ClassifiedImage {
    std::filesystem::path file;
    std::vector<float> probabilities;        ///< one for each class; none where it could not be read
    std::string error = {};                  ///< why it could not be read
    std::optional<double> unknownScore = {}; ///< UnknownJudge::score(); nothing: not judged

    std::optional<bool> isUnknown() const; ///< probably of none of the classes
    std::size_t predicted() const;         ///< the first of the largest; 0 where there are none
};

/// A table (CLI.md, predict --out): path, predicted, confidence, unknown (true, false, or empty: not judged), then one
/// probability column per class. Images that could not be read have no row.
std::string classifiedCsv(const std::vector<std::string>& classes, const std::vector<ClassifiedImage>& images);

struct SortedCopies {
    std::size_t copied = 0;
    std::vector<std::string> failed; ///< a sentence for each image that could not be copied
};

/// Copies each image into a folder named like its predicted class, in `folder`. Nothing is overwritten: a name that is
/// there already gets a number ("cat-2.png"). Images of none of the classes go into the folder `unknown` instead, where
/// it is not empty. Error: a folder that cannot be made, a full disk, or stopped.
Result<SortedCopies> copySorted(const std::filesystem::path& folder, const std::vector<std::string>& classes,
                                const std::vector<ClassifiedImage>& images, std::stop_token stop = {},
                                const Progress& progress = {}, const std::string& unknown = {});

/// A class as the name of a folder: one part of a path, not hidden, without control characters.
std::string folderNameOf(const std::string& className);

} // namespace sightline
