// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "data/FileTree.h"

namespace sightline {

/// A folder whose images are of one class and one subset.
struct ClassFolder {
    std::string folder; ///< relative to the tree
    std::string name;   ///< of the class, composed (support/Unicode.h)
    Subset subset = Subset::Train;
};

/// How folders part into subsets and classes: classes alone, splits above classes, or splits inside each class. What
/// was decided without being told is in `guesses`, what is odd in `problems`.
struct FolderLayout {
    std::vector<ClassFolder> folders;      ///< by subset, then class, then name
    std::vector<std::string> splitFolders; ///< "" where there are none
    std::vector<std::string> ignored;
    std::vector<std::string> withoutClasses; ///< folders that a person's words make splits, but without class folders
    std::vector<Guess> guesses;
    std::vector<DataProblem> problems;
};

/// What to do where folders for train and test hold images of all classes together.
inline constexpr const char* kWaysToClasses =
    "put a folder for each class into them, add a table (.csv) with the class "
    "of each image, or read classes from file names with data.pattern";

FolderLayout folderLayout(const FileTree& tree, const SplitWords& words);

/// Whether the folders here say where the classes are: several of them, or one that is a split.
bool isClassLevel(const FileTree& tree, const SplitWords& words);

/// The one folder to look into when nothing else here can be a class: no image and no other folder lies beside it, and
/// it holds folders. Empty: there is none.
std::string onlyFolder(const FileTree& tree, const SplitWords& words);

} // namespace sightline
