// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/SplitFolders.h"

#include <algorithm>
#include <array>
#include <map>

#include "data/FileIndex.h"
#include "data/FolderLayout.h"
#include "data/SplitWords.h"
#include "support/Unicode.h"

namespace sightline {

namespace {

/// "b" of "a/b/c.png" at level 1; empty where there is no such folder.
std::string folderAt(const std::string& path, int level) {
    std::size_t begin = 0;
    for (; level > 0; --level) {
        const std::size_t slash = path.find('/', begin);
        if (slash == std::string::npos)
            return {};
        begin = slash + 1;
    }
    const std::size_t end = path.find('/', begin);
    return end == std::string::npos ? std::string() : path.substr(begin, end - begin);
}

bool liesInClasses(const FolderLayout& layout) {
    return std::any_of(layout.problems.begin(), layout.problems.end(),
                       [](const DataProblem& problem) { return problem.kind == "split_in_class"; });
}

std::vector<std::string> spread(const std::vector<std::uint32_t>& files, const FileIndex& index, std::size_t most) {
    std::vector<std::string> chosen;
    const std::size_t count = std::min(most, files.size());
    for (std::size_t i = 0; i < count; ++i)
        chosen.push_back(index.path(files[i * files.size() / count]));
    return chosen;
}

std::vector<std::string>& listOf(SplitWords& words, Subset subset) {
    return subset == Subset::Train ? words.train : subset == Subset::Validation ? words.validation : words.test;
}

/// A word that is no folder's name: a subset of which it is the only word has no folder.
std::string wordOfNone(const std::vector<std::string>& names) {
    std::string word = "none";
    while (std::any_of(names.begin(), names.end(), [&](const std::string& name) { return lookOf(name) == word; }))
        word += "-";
    return word;
}

} // namespace

Result<SplitFolders> splitFolders(const Dataset& dataset, const SplitWords& words, std::size_t mostExamples,
                                  std::stop_token stop) {
    const FileTree* files = dataset.source->files();
    if (!files)
        return badInput(dataset.root.string() + " has no folders.");
    const FileTreePtr tree(dataset.source, files);
    const FolderLayout layout = folderLayout(*tree, words);
    SplitFolders found;
    found.insideClasses = liesInClasses(layout) || (!words.empty() && liesInClasses(folderLayout(*tree, {})));
    found.areClasses = found.insideClasses ? !liesInClasses(layout) : layout.splitFolders == std::vector{std::string()};
    const int level = found.insideClasses ? 1 : 0;
    std::map<std::string, std::vector<std::uint32_t>> images;
    const FileIndex index(tree, stop);
    for (std::uint32_t i = 0; i < index.size(); ++i)
        if (const std::string name = folderAt(index.path(i), level); !name.empty())
            images[name].push_back(i);
    std::map<std::string, Subset> subsets;
    for (const ClassFolder& folder : layout.folders)
        if (const std::string name = folderAt(folder.folder + "/", level); !found.areClasses && !name.empty())
            subsets.emplace(name, folder.subset);
    for (const auto& [name, indices] : images) {
        const auto subset = subsets.find(name);
        found.folders.push_back({name, subset == subsets.end() ? std::nullopt : std::optional(subset->second),
                                 indices.size(), spread(indices, index, mostExamples)});
    }
    if (stop.stop_requested())
        return cancelled();
    return found;
}

Result<SplitWords> wordsFor(const SplitFolders& wanted) {
    std::vector<std::string> names;
    SplitWords words;
    for (const SplitFolder& folder : wanted.folders) {
        names.push_back(folder.name);
        if (folder.subset && !wanted.areClasses)
            listOf(words, *folder.subset).push_back(folder.name);
    }
    const std::string none = wordOfNone(names);
    if (wanted.areClasses)
        return SplitWords{.train = {none}, .validation = {}, .test = {}};
    if (words.train.empty())
        return badInput("Choose what is for training.");
    if (wanted.insideClasses && words.validation.empty() && words.test.empty())
        return badInput("Choose what is for validation or test, too.");
    const auto isTaken = [&](Subset subset) {
        const auto meanings = subsetsOf(names, words);
        return std::find(meanings.begin(), meanings.end(), subset) != meanings.end();
    };
    for (const Subset subset : {Subset::Validation, Subset::Test})
        if (listOf(words, subset).empty() && isTaken(subset))
            listOf(words, subset) = {none};
    const auto meanings = subsetsOf(names, words);
    for (std::size_t i = 0; i < names.size(); ++i)
        if (meanings[i] != wanted.folders[i].subset)
            return badInput(shown(names[i]) + " cannot be told apart from another name, which differs only in "
                                              "case or blanks.");
    return words;
}

} // namespace sightline
