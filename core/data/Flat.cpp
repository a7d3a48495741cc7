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

constexpr int kDeepest = 16;

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

/// The subset of each folder that is train, val or test by its name, and what lies beside them.
struct Splits {
    std::map<std::string, Subset> folders; ///< empty: there is no train, or nothing but train and other folders
    std::vector<std::string> otherFolders, looseImages;
};

Splits splitsOf(const FileTree& tree, const SplitWords& words) {
    Splits splits;
    std::vector<std::string> names;
    for (const FileTree::Entry& entry : tree.entries(""))
        if (entry.isFolder)
            names.push_back(entry.name);
        else if (namesImage(entry.name))
            splits.looseImages.push_back(entry.name);
    bool hasTrain = false;
    const auto subsets = subsetsOf(names, words);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (subsets[i])
            splits.folders[names[i]] = *subsets[i];
        else
            splits.otherFolders.push_back(names[i]);
        hasTrain = hasTrain || subsets[i] == Subset::Train;
    }
    const bool isAlone = splits.folders.size() == 1 && words.train.empty() && // a toy train among ships
                         !(splits.otherFolders.empty() && splits.looseImages.empty());
    return hasTrain && !isAlone ? splits : Splits();
}

std::vector<Found> imagesOf(const FileTree& tree, const Splits& splits, int depth) {
    std::vector<Found> found;
    if (splits.folders.empty())
        collect(tree, "", Subset::Train, depth, found);
    for (const auto& [folder, subset] : splits.folders)
        collect(tree, folder, subset, depth, found);
    return found;
}

void reportBeside(const FileTree& tree, const Splits& splits, Dataset& dataset) {
    for (const std::string& image : splits.looseImages)
        dataset.problems.push_back({"outside_class", image, "is outside train, val and test and is skipped"});
    for (const std::string& folder : splits.otherFolders) {
        std::vector<Found> images;
        collect(tree, folder, Subset::Train, kDeepest, images);
        if (images.empty())
            continue;
        dataset.ignoredFolders.push_back(folder);
        dataset.problems.push_back({"ignored_folder", folder,
                                    "lies beside the folders for train, val and test but is none of them by its name, "
                                    "and is skipped; data.split_words can say what it is"});
    }
}

bool hasFolders(const FileTree& tree, const std::string& folder) {
    const auto entries = tree.entries(folder);
    return std::any_of(entries.begin(), entries.end(), [](const FileTree::Entry& entry) { return entry.isFolder; });
}

} // namespace

bool looksFlat(const ReadRequest& request) {
    if (!request.settings.pattern.empty())
        return true;
    const FileTree& tree = *request.tree;
    const Splits splits = splitsOf(tree, request.settings.splitWords);
    for (const FileTree::Entry& entry : tree.entries(""))
        if (entry.isFolder && (!splits.folders.contains(entry.name) || hasFolders(tree, entry.name)))
            return false; // folders of classes come first
    std::map<std::string, std::size_t> counts;
    for (const Found& image : imagesOf(tree, splits, 0))
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
    const Splits splits = splitsOf(*request.tree, request.settings.splitWords);
    std::vector<std::string> names;
    for (const Found& image : imagesOf(*request.tree, splits, pattern ? kDeepest : 0)) {
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
    reportBeside(*request.tree, splits, dataset);
    sortSamples(dataset);
    return dataset;
}

} // namespace sightline
