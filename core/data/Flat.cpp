// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>

#include "data/ClassNames.h"
#include "data/ImageNames.h"
#include "data/Readers.h"
#include "data/SplitWords.h"
#include "support/Pattern.h"
#include "support/Unicode.h"

namespace sightline {

namespace {

/// "cat" of cat.0.jpg, "solar cell" of solar cell_0012.png; empty where no number follows.
std::string prefixOf(const std::string& name) {
    const std::string stem = name.substr(0, name.rfind('.'));
    std::size_t end = stem.size();
    while (end > 0 && stem[end - 1] >= '0' && stem[end - 1] <= '9')
        --end;
    if (end == stem.size())
        return {};
    while (end > 0 && (stem[end - 1] == '.' || stem[end - 1] == '_' || stem[end - 1] == '-' || stem[end - 1] == ' ' ||
                       stem[end - 1] == '('))
        --end;
    return stem.substr(0, end);
}

struct Found {
    std::string path;
    Subset subset = Subset::Train;
};

/// Images of a folder, with what lies below it where `deep`; a link back to where we are ends there.
void collect(const FileTree& tree, const std::string& folder, Subset subset, int depth, std::vector<Found>& found) {
    for (const FileTree::Entry& entry : tree.entries(folder)) {
        const std::string path = joinedPath(folder, entry.name);
        if (entry.isFolder && depth > 0)
            collect(tree, path, subset, depth - 1, found);
        else if (!entry.isFolder && namesImage(entry.name))
            found.push_back({path, subset});
    }
}

/// The subset of each folder by name, where the folder holds train, val and test and nothing else; else nothing.
std::map<std::string, Subset> splitsOf(const FileTree& tree, const SplitWords& words) {
    std::vector<std::string> names;
    for (const FileTree::Entry& entry : tree.entries("")) {
        if (!entry.isFolder && namesImage(entry.name))
            return {};
        if (entry.isFolder)
            names.push_back(entry.name);
    }
    std::map<std::string, Subset> splits;
    const auto subsets = subsetsOf(names, words);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!subsets[i])
            return {};
        splits[names[i]] = *subsets[i];
    }
    const bool hasTrain =
        std::any_of(splits.begin(), splits.end(), [](const auto& split) { return split.second == Subset::Train; });
    return hasTrain ? splits : std::map<std::string, Subset>();
}

std::vector<Found> imagesOf(const FileTree& tree, const SplitWords& words, int depth) {
    const std::map<std::string, Subset> splits = splitsOf(tree, words);
    std::vector<Found> found;
    if (splits.empty())
        collect(tree, "", Subset::Train, depth, found);
    for (const auto& [folder, subset] : splits)
        collect(tree, folder, subset, depth, found);
    return found;
}

bool hasFolders(const FileTree& tree, const std::string& folder) {
    const auto entries = tree.entries(folder);
    return std::any_of(entries.begin(), entries.end(), [](const FileTree::Entry& entry) { return entry.isFolder; });
}

constexpr int kDeepest = 16;

} // namespace

bool looksFlat(const ReadRequest& request) {
    if (!request.settings.pattern.empty())
        return true;
    const FileTree& tree = *request.tree;
    const auto splits = splitsOf(tree, request.settings.splitWords);
    for (const FileTree::Entry& entry : tree.entries(""))
        if (entry.isFolder && (!splits.contains(entry.name) || hasFolders(tree, entry.name)))
            return false; // folders of classes come first
    std::map<std::string, std::size_t> counts;
    for (const Found& image : imagesOf(tree, request.settings.splitWords, 0))
        if (const std::string prefix = prefixOf(fileName(image.path)); image.subset == Subset::Train && !prefix.empty())
            ++counts[prefix];
    return std::count_if(counts.begin(), counts.end(), [](const auto& entry) { return entry.second > 1; }) > 1;
}

Result<Dataset> readFlat(const ReadRequest& request) {
    std::optional<Pattern> pattern;
    if (!request.settings.pattern.empty()) {
        auto compiled = Pattern::compiled(request.settings.pattern);
        if (!compiled)
            return badInput("data.pattern " + compiled.error().message + ".");
        pattern = std::move(*compiled);
    }
    Dataset dataset;
    dataset.format = "flat";
    dataset.source = makeTreeSource(request.tree);
    std::vector<std::string> names;
    for (const Found& image : imagesOf(*request.tree, request.settings.splitWords, pattern ? kDeepest : 0)) {
        if (request.stop.stop_requested())
            return cancelled();
        const std::string name =
            pattern ? pattern->find(image.path, "class").value_or("") : prefixOf(fileName(image.path));
        if (name.empty()) {
            dataset.problems.push_back({"no_class", image.path,
                                        pattern ? "does not match data.pattern and is skipped"
                                                : "has no class in its name (as in cat_12.jpg) and is skipped"});
            continue;
        }
        dataset.hasValidation = dataset.hasValidation || image.subset == Subset::Validation;
        dataset.samples.push_back({image.path, -1, image.subset, 0});
        names.push_back(composed(name));
    }
    if (dataset.samples.empty() && !dataset.problems.empty())
        return badInput(request.tree->shown("") + ": none of the names of its " +
                        std::to_string(dataset.problems.size()) + " images " +
                        (pattern ? "matches data.pattern " + request.settings.pattern : "contains a class") +
                        "; the first is " + dataset.problems.front().path + ".");
    for (const std::size_t index : numberClasses(dataset, names, {}, request.settings.table.mergeAlikeLabels))
        dataset.problems.push_back({"unknown_class", dataset.samples[index].path,
                                    "is of the class " + names[index] + ", which is not in train"});
    sortSamples(dataset);
    return dataset;
}

} // namespace sightline
