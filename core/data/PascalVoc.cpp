// SPDX-License-Identifier: GPL-3.0-or-later
#include <pugixml.hpp>

#include <algorithm>
#include <unordered_map>

#include "data/ObjectLabels.h"
#include "data/SplitWords.h"

namespace sightline {

namespace {

constexpr std::uintmax_t kLargest = 8u << 20, kLargestList = 256u << 20;
constexpr std::size_t kProbed = 8;

std::string annotationFolder(const FileTree& tree) {
    for (const FileTree::Entry& entry : tree.entries(""))
        if (entry.isFolder && lowerCase(entry.name) == "annotations")
            return entry.name;
    return {};
}

std::vector<std::string> xmlIn(const FileTree& tree, const std::string& folder) {
    std::vector<std::string> names;
    for (FileTree::Entry& entry : tree.entries(folder))
        if (!entry.isFolder && lowerCase(entry.name).ends_with(".xml"))
            names.push_back(std::move(entry.name));
    return names;
}

struct Annotation {
    std::string image; ///< as the file says it; may be empty
    std::vector<std::string> objects;
};

/// pugixml expands no entities of a document's own and opens nothing else.
Result<Annotation> readAnnotation(const FileTree& tree, const std::string& path) {
    const auto text = tree.read(path, kLargest);
    if (!text)
        return text.error();
    pugi::xml_document document;
    const pugi::xml_parse_result parsed = document.load_buffer(text->data(), text->size());
    const pugi::xml_node root = document.child("annotation");
    if (!parsed || !root)
        return badInput(tree.shown(path) + " is not an annotation of Pascal VOC's kind.");
    Annotation annotation{root.child("filename").text().get(), {}};
    for (const pugi::xml_node object : root.children("object"))
        annotation.objects.emplace_back(object.child("name").text().get());
    return annotation;
}

/// The subset of each image by ImageSets/Main/{train,val,test}.txt; empty where there are no such lists.
std::unordered_map<std::string, Subset> listedSubsets(const FileTree& tree) {
    std::unordered_map<std::string, Subset> subsets;
    for (const auto& [list, subset] : {std::pair("train", Subset::Train), std::pair("val", Subset::Validation),
                                       std::pair("test", Subset::Test), std::pair("trainval", Subset::Train)}) {
        const auto text = tree.read(std::string("ImageSets/Main/") + list + ".txt", kLargestList);
        if (!text)
            continue;
        for (const std::string& line : linesOf(*text))
            subsets.emplace(line.substr(0, line.find(' ')), subset);
    }
    return subsets;
}

/// train/cat, train/dog ...: the folders tell the classes, and annotations beside them only where the objects are.
bool hasFoldersOfClasses(const FileTree& tree) {
    for (const FileTree::Entry& entry : tree.entries(""))
        if (entry.isFolder && subsetNamed(entry.name)) {
            const auto inside = tree.entries(entry.name);
            if (std::count_if(inside.begin(), inside.end(), [](const FileTree::Entry& one) { return one.isFolder; }) >
                1)
                return true;
        }
    return false;
}

} // namespace

bool looksLikePascalVoc(const ReadRequest& request) {
    const std::string folder = annotationFolder(*request.tree);
    if (folder.empty() || hasFoldersOfClasses(*request.tree))
        return false;
    const std::vector<std::string> names = xmlIn(*request.tree, folder);
    return std::any_of(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kProbed)),
        [&](const std::string& name) { return readAnnotation(*request.tree, joinedPath(folder, name)).ok(); });
}

Result<Dataset> readPascalVoc(const ReadRequest& request) {
    const FileTree& tree = *request.tree;
    const std::string folder = annotationFolder(tree);
    const std::vector<std::string> names = xmlIn(tree, folder);
    if (folder.empty() || names.empty())
        return badInput(tree.shown("") + " has no folder Annotations with .xml files, as Pascal VOC does.");
    const auto subsets = listedSubsets(tree);
    ObjectLabels labels(request);
    std::vector<DataProblem> problems;
    std::size_t unlisted = 0, read = 0;
    for (const std::string& name : names) {
        if (request.stop.stop_requested())
            return cancelled();
        const std::string stem = name.substr(0, name.size() - 4), path = joinedPath(folder, name);
        const auto subset = subsets.find(stem);
        if (!subsets.empty() && subset == subsets.end()) {
            ++unlisted;
            continue;
        }
        const auto annotation = readAnnotation(tree, path);
        if (!annotation) {
            problems.push_back({"unreadable", path, "is not an annotation of Pascal VOC's kind and is skipped"});
            continue;
        }
        const bool isThere = indexOf(request).find(stem, "JPEGImages").has_value();
        labels.add(isThere || annotation->image.empty() ? stem : annotation->image, annotation->objects,
                   subsets.empty() ? Subset::Train : subset->second, "JPEGImages");
        if (request.progress && ++read % 256 == 0)
            request.progress(read, names.size());
    }
    if (unlisted > 0)
        problems.push_back({"unlisted", "ImageSets/Main",
                            "names none of " + std::to_string(unlisted) + " annotated images, which are skipped"});
    return labels.finish("voc", {}, {}, std::move(problems));
}

} // namespace sightline
