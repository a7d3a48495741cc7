// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>
#include <sstream>

#include "data/Folders.h"
#include "support/Files.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

/// Lines without their line ends; empty ones left out.
std::vector<std::string> linesOf(const fs::path& file) {
    std::vector<std::string> lines;
    const Result<std::string> text = readFile(file, 64u << 20);
    if (!text)
        return lines;
    std::istringstream stream(*text);
    for (std::string line; std::getline(stream, line);) {
        if (!line.empty() && line.back() == '\r')
            line.pop_back();
        if (!line.empty())
            lines.push_back(line);
    }
    return lines;
}

std::vector<std::string> columnsOf(const std::string& line) {
    std::vector<std::string> columns;
    std::istringstream stream(line);
    for (std::string column; std::getline(stream, column, '\t');)
        columns.push_back(column);
    return columns;
}

} // namespace

bool looksLikeTinyImagenet(const fs::path& root) {
    std::error_code code;
    return fs::is_regular_file(root / "wnids.txt", code) && fs::is_directory(root / "train", code);
}

Result<Dataset> readTinyImagenet(const fs::path& root, std::stop_token stop, const Progress& progress) {
    Dataset dataset;
    dataset.root = root;
    dataset.format = "tiny-imagenet";
    dataset.source = makeFileSource(root);
    dataset.classes = linesOf(root / "wnids.txt");
    std::sort(dataset.classes.begin(), dataset.classes.end());
    dataset.classes.erase(std::unique(dataset.classes.begin(), dataset.classes.end()), dataset.classes.end());
    std::map<std::string, int> labels;
    for (std::size_t i = 0; i < dataset.classes.size(); ++i)
        labels[dataset.classes[i]] = static_cast<int>(i);

    std::map<std::string, std::string> words;
    for (const std::string& line : linesOf(root / "words.txt")) {
        if (const auto columns = columnsOf(line); columns.size() >= 2 && labels.count(columns[0]))
            words[columns[0]] = columns[1];
    }
    for (const std::string& name : dataset.classes)
        dataset.classTitles.push_back(words.count(name) ? words[name] : name);

    std::error_code code;
    for (std::size_t i = 0; i < dataset.classes.size(); ++i) {
        if (stop.stop_requested())
            return cancelled();
        const std::string folder = "train/" + dataset.classes[i] + "/images";
        std::vector<std::string> names;
        for (fs::directory_iterator item(root / folder, code), end; !code && item != end; item.increment(code)) {
            if (const std::string name = item->path().filename().string(); name[0] != '.' && hasImageExtension(name))
                names.push_back(name);
        }
        if (names.empty())
            dataset.problems.push_back({"empty_class", folder, "has no images"});
        std::sort(names.begin(), names.end());
        for (const std::string& name : names)
            dataset.samples.push_back({folder + "/" + name, static_cast<int>(i), Subset::Train, 0});
        if (progress)
            progress(dataset.samples.size(), 0);
    }

    std::vector<Sample> validation;
    for (const std::string& line : linesOf(root / "val/val_annotations.txt")) {
        const auto columns = columnsOf(line);
        if (columns.size() < 2 || columns[0].find('/') != std::string::npos)
            continue;
        const auto label = labels.find(columns[1]);
        validation.push_back({"val/images/" + columns[0], label == labels.end() ? -1 : label->second, Subset::Validation, 0});
    }
    dataset.hasValidation = !validation.empty();
    std::sort(validation.begin(), validation.end(), [](const Sample& a, const Sample& b) { return std::pair(a.label, a.path) < std::pair(b.label, b.path); });
    dataset.samples.insert(dataset.samples.end(), validation.begin(), validation.end());
    return dataset;
}

} // namespace sightline
