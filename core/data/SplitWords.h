// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/Dataset.h"

namespace sightline {

/// Which subset the names of folders, tables or cells mean: train, val, test and their relatives (training, valid, dev,
/// eval, tune, holdout, tests, trn, tst ...) as words of a name in any case: "training_set", "Test_data", "01_train",
/// "trainImages2017". A word within another word ("contest", "trainers") means nothing.
///
/// Names are judged together. A name with more to it than the word, a number and what people add (set, data, images
/// ...) counts only beside its like: "seg_train" and "seg_test" are splits, "steam_train" beside "car" is a class.
/// "eval" and "holdout" are validation, unless something else is and nothing else is the test. Public and private test
/// (FER-2013) are val and test. `words` overrule all this.
std::vector<std::optional<Subset>> subsetsOf(const std::vector<std::string>& names, const SplitWords& words = {});

/// The same for one name alone.
std::optional<Subset> subsetNamed(const std::string& name, const SplitWords& words = {});

/// Whether a name is one of a person's words.
bool isWord(const std::string& name, const SplitWords& words);

/// The words that none of the names is. "none" (also "none-", "none--") says that there is no such folder or value.
std::vector<std::string> wordsWithout(const std::vector<std::string>& names, const SplitWords& words);
std::vector<DataProblem> unknownWords(const std::vector<std::string>& names, const SplitWords& words);

/// Whether a name says nothing about what is in it: "data", "images", "my dataset 2".
bool isFillerName(const std::string& name);

/// The subset of each value of a split column: words as above, or 0, 1 and 2 (CelebA) or 1, 2 and 3 for train, val and
/// test where there is nothing else. Under a heading like is_valid the values are yes and no. Empty: this is no such
/// column.
std::map<std::string, Subset> subsetsOfCells(const std::vector<std::string>& values, const std::string& heading,
                                             const SplitWords& words = {});

} // namespace sightline
