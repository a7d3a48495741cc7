// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>

#include "data/ImageNames.h"
#include "data/Readers.h"

namespace sightline {

namespace {

constexpr std::uintmax_t kMaximumList = 64u << 20;

std::vector<std::string> linesIn(const FileTree& tree, const std::string& path) {
    const Result<std::string> text = tree.read(path, kMaximumList);
    return text ? linesOf(*text) : std::vector<std::string>();
}

std::vector<std::string> columnsOf(const std::string& line) {
    std::vector<std::string> columns(1);
    for (const char character : line) {
        if (character == '\t')
            columns.emplace_back();
        else
            columns.back() += character;
    }
    return columns;
}

/// Names of the images in a folder.
std::vector<std::string> imagesIn(const FileTree& tree, const std::string& folder) {
    std::vector<std::string> names;
    for (FileTree::Entry& entry : tree.entries(folder))
        if (!entry.isFolder && namesImage(entry.name))
            names.push_back(std::move(entry.name));
    return names;
}

/// What people call the classes: words.txt.
std::vector<std::string> titlesOf(const FileTree& tree, const std::vector<std::string>& classes) {
    std::map<std::string, std::string> words;
    for (const std::string& name : classes)
        words[name] = name;
    for (const std::string& line : linesIn(tree, "words.txt"))
        if (const auto columns = columnsOf(line); columns.size() >= 2)
            if (const auto known = words.find(columns[0]); known != words.end())
                known->second = columns[1];
    std::vector<std::string> titles;
    for (const std::string& name : classes)
        titles.push_back(words[name]);
    return titles;
}

std::vector<Sample> validationOf(const FileTree& tree, const std::map<std::string, int>& labels,
                                 std::vector<DataProblem>& problems) {
    std::vector<Sample> samples;
    for (const std::string& line : linesIn(tree, "val/val_annotations.txt")) {
        const auto columns = columnsOf(line);
        if (columns.size() < 2 || columns[0].find('/') != std::string::npos)
            continue;
        const std::string path = "val/images/" + columns[0];
        const auto label = labels.find(columns[1]);
        if (label == labels.end())
            problems.push_back(
                {"unknown_class", path, "is of the class " + columns[1] + ", which is not in wnids.txt"});
        samples.push_back({path, label == labels.end() ? -1 : label->second, Subset::Validation, 0});
    }
    std::sort(samples.begin(), samples.end(),
              [](const Sample& a, const Sample& b) { return std::pair(a.label, a.path) < std::pair(b.label, b.path); });
    return samples;
}

} // namespace

bool looksLikeTinyImagenet(const ReadRequest& request) {
    return request.tree->isFile("wnids.txt") && request.tree->isFolder("train");
}

Result<Dataset> readTinyImagenet(const ReadRequest& request) {
    const FileTree& tree = *request.tree;
    if (!looksLikeTinyImagenet(request))
        return badInput(tree.shown("") + " has no wnids.txt next to its train folder, as Tiny ImageNet does.");
    Dataset dataset;
    dataset.format = "tiny-imagenet";
    dataset.source = makeTreeSource(request.tree);
    dataset.classes = linesIn(tree, "wnids.txt");
    std::sort(dataset.classes.begin(), dataset.classes.end());
    dataset.classes.erase(std::unique(dataset.classes.begin(), dataset.classes.end()), dataset.classes.end());
    dataset.classTitles = titlesOf(tree, dataset.classes);

    std::map<std::string, int> labels;
    for (const std::string& name : dataset.classes) {
        if (request.stop.stop_requested())
            return cancelled();
        const int label = static_cast<int>(labels.size());
        labels[name] = label;
        const std::string folder = "train/" + name + "/images";
        const std::vector<std::string> names = imagesIn(tree, folder);
        if (names.empty())
            dataset.problems.push_back({"empty_class", folder, "has no images"});
        for (const std::string& image : names)
            dataset.samples.push_back({folder + "/" + image, label, Subset::Train, 0});
        if (request.progress)
            request.progress(dataset.samples.size(), 0);
    }
    std::vector<Sample> validation = validationOf(tree, labels, dataset.problems);
    dataset.hasValidation = !validation.empty();
    dataset.samples.insert(dataset.samples.end(), std::make_move_iterator(validation.begin()),
                           std::make_move_iterator(validation.end()));
    return dataset;
}

} // namespace sightline
