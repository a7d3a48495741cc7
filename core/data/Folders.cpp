// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "data/ImageNames.h"
#include "data/Readers.h"

namespace sightline {

namespace {

/// Walks a class folder: image paths in Keras' order (folders by their whole path, names within each).
class Walk {
public:
    Walk(const ReadRequest& request, Dataset& dataset) : m_request(request), m_dataset(dataset) {}

    std::vector<std::string> images(const std::string& folder) {
        m_folders.clear();
        visit(folder);
        std::vector<std::string> all;
        for (auto& [path, names] : m_folders) // by path: "a", "a-b", "a/b", as Python sorts the walk
            for (const std::string& name : names)
                all.push_back(path + "/" + name);
        return all;
    }

private:
    void visit(const std::string& folder) {
        const auto identity = m_request.tree->identity(folder);
        if (m_request.stop.stop_requested() || !m_visiting.insert(identity).second)
            return; // a link back to a folder we are in: the cycle ends here
        std::vector<std::string>& names = m_folders[folder];
        for (FileTree::Entry& entry : m_request.tree->entries(folder)) {
            if (entry.isFolder)
                visit(folder + "/" + entry.name);
            else if (namesImage(entry.name))
                names.push_back(std::move(entry.name));
            else
                m_dataset.problems.push_back(
                    {"not_an_image", folder + "/" + entry.name, "is not named like an image and is skipped"});
        }
        m_visiting.erase(identity);
    }

    const ReadRequest& m_request;
    Dataset& m_dataset;
    std::map<std::string, std::vector<std::string>> m_folders;
    std::set<std::pair<std::uint64_t, std::uint64_t>> m_visiting;
};

struct SplitFolder {
    std::string name; ///< empty: the root itself
    Subset subset = Subset::Train;
};

bool hasFolders(const FileTree& tree, const std::string& folder) {
    const std::vector<FileTree::Entry> entries = tree.entries(folder);
    return std::any_of(entries.begin(), entries.end(), [](const FileTree::Entry& entry) { return entry.isFolder; });
}

/// A split holds class folders; a folder named train that holds images is a class (the toy set has one).
std::vector<SplitFolder> splitFolders(const FileTree& tree) {
    std::vector<SplitFolder> splits;
    bool hasTrain = false;
    for (const FileTree::Entry& entry : tree.entries("")) {
        if (!entry.isFolder)
            continue;
        if (const auto subset = subsetNamed(entry.name); subset && hasFolders(tree, entry.name)) {
            splits.push_back({entry.name, *subset});
            hasTrain = hasTrain || *subset == Subset::Train;
        }
    }
    if (!hasTrain)
        return {{"", Subset::Train}};
    std::stable_sort(splits.begin(), splits.end(),
                     [](const SplitFolder& a, const SplitFolder& b) { return a.subset < b.subset; });
    return splits;
}

/// Classes are train's folders; a class folder that only val or test has is a problem of its own.
std::map<std::string, int> classesOf(const FileTree& tree, const std::vector<SplitFolder>& splits, Dataset& dataset) {
    std::map<std::string, int> labels;
    for (const SplitFolder& split : splits) {
        if (split.subset != Subset::Train)
            continue;
        for (const FileTree::Entry& entry : tree.entries(split.name)) {
            if (entry.isFolder)
                labels.emplace(entry.name, 0);
        }
    }
    for (auto& [name, label] : labels) {
        label = static_cast<int>(dataset.classes.size());
        dataset.classes.push_back(name);
    }
    return labels;
}

} // namespace

std::optional<Subset> subsetNamed(const std::string& name) {
    const std::string known = lowerCase(name);
    if (known == "train" || known == "training")
        return Subset::Train;
    if (known == "val" || known == "valid" || known == "validation")
        return Subset::Validation;
    if (known == "test" || known == "testing")
        return Subset::Test;
    return {};
}

Result<Dataset> readFolders(const ReadRequest& request) {
    const FileTree& tree = *request.tree;
    Dataset dataset;
    dataset.format = "folders";
    dataset.source = makeTreeSource(request.tree);
    const std::vector<SplitFolder> splits = splitFolders(tree);
    const std::map<std::string, int> labels = classesOf(tree, splits, dataset);

    Walk walk(request, dataset);
    for (const SplitFolder& split : splits) {
        dataset.hasValidation = dataset.hasValidation || split.subset == Subset::Validation;
        for (const FileTree::Entry& entry : tree.entries(split.name)) {
            const std::string path = joinedPath(split.name, entry.name);
            if (!entry.isFolder) {
                dataset.problems.push_back({namesImage(entry.name) ? "outside_class" : "not_an_image", path,
                                            "is outside the class folders and is skipped"});
                continue;
            }
            const auto known = labels.find(entry.name);
            std::vector<std::string> images = walk.images(path);
            if (request.stop.stop_requested())
                return cancelled();
            if (known == labels.end() && !images.empty())
                dataset.problems.push_back({"unknown_class", path,
                                            std::string("is a class that is not in train; its ") +
                                                std::to_string(images.size()) + " images in " + nameOf(split.subset) +
                                                " cannot be evaluated"});
            if (known != labels.end() && images.empty())
                dataset.problems.push_back({"empty_class", path, "has no images"});
            for (std::string& image : images)
                dataset.samples.push_back(
                    {std::move(image), known == labels.end() ? -1 : known->second, split.subset, 0});
            if (request.progress)
                request.progress(dataset.samples.size(), 0);
        }
    }
    return dataset;
}

} // namespace sightline
