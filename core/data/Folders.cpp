// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Folders.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "support/Files.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

class FileSource : public ImageSource {
public:
    explicit FileSource(fs::path root) : m_root(std::move(root)) {}

    Result<std::vector<std::uint8_t>> bytes(const Sample& sample) const override {
        const Result<std::string> text = readFile(file(sample), std::uintmax_t{1} << 30);
        if (!text)
            return text.error();
        return std::vector<std::uint8_t>(text->begin(), text->end());
    }
    fs::path file(const Sample& sample) const override { return m_root / sample.path; }

private:
    fs::path m_root;
};

struct Entry {
    std::string name;
    bool isFolder = false;
};

/// Names in a folder, hidden ones left out, links followed, sorted by code point. Asks the disk about links only.
std::vector<Entry> entriesOf(const fs::path& folder) {
    std::vector<Entry> entries;
    DIR* directory = ::opendir(folder.c_str());
    if (!directory)
        return entries;
    while (const dirent* item = ::readdir(directory)) {
        if (item->d_name[0] == '.')
            continue;
        bool isFolder = item->d_type == DT_DIR;
        if (item->d_type == DT_LNK || item->d_type == DT_UNKNOWN) {
            struct stat status {};
            if (::stat((folder / item->d_name).c_str(), &status) != 0)
                continue;
            isFolder = S_ISDIR(status.st_mode);
        }
        entries.push_back({item->d_name, isFolder});
    }
    ::closedir(directory);
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
    return entries;
}

/// Walks a class folder: image paths relative to the root in Keras' order (folders by path, then names).
class Walk {
public:
    Walk(const fs::path& root, Dataset& dataset, std::stop_token stop) : m_root(root), m_dataset(dataset), m_stop(std::move(stop)) {}

    void collect(const std::string& relative, std::vector<std::string>& images) {
        if (m_stop.stop_requested())
            return;
        struct stat status {};
        if (::stat((m_root / relative).c_str(), &status) != 0 || !m_visiting.insert({status.st_dev, status.st_ino}).second)
            return; // a link back to a folder we are in: the cycle ends here
        std::vector<std::string> folders;
        for (const Entry& entry : entriesOf(m_root / relative)) {
            const std::string path = relative + "/" + entry.name;
            if (entry.isFolder)
                folders.push_back(path);
            else if (hasImageExtension(entry.name))
                images.push_back(path);
            else
                m_dataset.problems.push_back({"not_an_image", path, "is no image by its name and is left out"});
        }
        for (const std::string& folder : folders)
            collect(folder, images);
        m_visiting.erase({status.st_dev, status.st_ino});
    }

private:
    const fs::path& m_root;
    Dataset& m_dataset;
    std::stop_token m_stop;
    std::set<std::pair<dev_t, ino_t>> m_visiting;
};

struct SplitFolder {
    std::string name; ///< empty: the root itself
    Subset subset = Subset::Train;
};

std::optional<Subset> subsetNamed(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (name == "train" || name == "training")
        return Subset::Train;
    if (name == "val" || name == "valid" || name == "validation")
        return Subset::Validation;
    if (name == "test" || name == "testing")
        return Subset::Test;
    return {};
}

bool hasFolders(const fs::path& folder) {
    const std::vector<Entry> entries = entriesOf(folder);
    return std::any_of(entries.begin(), entries.end(), [](const Entry& entry) { return entry.isFolder; });
}

/// A split holds class folders; a folder named train that holds images is a class (the toy set has one).
std::vector<SplitFolder> splitFolders(const fs::path& root) {
    std::vector<SplitFolder> splits;
    bool hasTrain = false;
    for (const Entry& entry : entriesOf(root)) {
        if (!entry.isFolder)
            continue;
        if (const auto subset = subsetNamed(entry.name); subset && hasFolders(root / entry.name)) {
            splits.push_back({entry.name, *subset});
            hasTrain = hasTrain || *subset == Subset::Train;
        }
    }
    if (!hasTrain)
        return {{"", Subset::Train}};
    std::stable_sort(splits.begin(), splits.end(), [](const SplitFolder& a, const SplitFolder& b) { return a.subset < b.subset; });
    return splits;
}

} // namespace

bool hasImageExtension(const std::string& name) {
    const auto dot = name.rfind('.');
    if (dot == std::string::npos || dot == 0)
        return false;
    std::string extension = name.substr(dot + 1);
    std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    static constexpr std::array<const char*, 8> kKnown = {"png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff", "webp"};
    return std::any_of(kKnown.begin(), kKnown.end(), [&](const char* known) { return extension == known; });
}

std::shared_ptr<const ImageSource> makeFileSource(fs::path root) { return std::make_shared<FileSource>(std::move(root)); }

Result<Dataset> readFolders(const fs::path& root, std::stop_token stop, const Progress& progress) {
    Dataset dataset;
    dataset.root = root;
    dataset.format = "folders";
    dataset.source = makeFileSource(root);
    const std::vector<SplitFolder> splits = splitFolders(root);

    // Classes are train's folders; a class folder that only val or test has is a problem of its own.
    std::map<std::string, int> labels;
    for (const SplitFolder& split : splits) {
        if (split.subset != Subset::Train)
            continue;
        for (const Entry& entry : entriesOf(root / split.name)) {
            if (entry.isFolder)
                labels.emplace(entry.name, 0);
        }
    }
    for (auto& [name, label] : labels) {
        label = static_cast<int>(dataset.classes.size());
        dataset.classes.push_back(name);
    }

    Walk walk(root, dataset, stop);
    for (const SplitFolder& split : splits) {
        dataset.hasValidation = dataset.hasValidation || split.subset == Subset::Validation;
        for (const Entry& entry : entriesOf(root / split.name)) {
            const std::string path = split.name.empty() ? entry.name : split.name + "/" + entry.name;
            if (!entry.isFolder) {
                dataset.problems.push_back({hasImageExtension(entry.name) ? "outside_class" : "not_an_image", path, "lies outside the class folders and is left out"});
                continue;
            }
            const auto known = labels.find(entry.name);
            std::vector<std::string> images;
            walk.collect(path, images);
            if (stop.stop_requested())
                return cancelled();
            if (known == labels.end() && !images.empty())
                dataset.problems.push_back({"unknown_class", path, std::string("is a class that train lacks; its ") + std::to_string(images.size()) + " images in " + nameOf(split.subset) + " cannot be judged"});
            if (known != labels.end() && images.empty())
                dataset.problems.push_back({"empty_class", path, "has no images"});
            for (std::string& image : images) {
                Sample sample;
                sample.path = std::move(image);
                sample.label = known == labels.end() ? -1 : known->second;
                sample.subset = split.subset;
                dataset.samples.push_back(std::move(sample));
            }
            if (progress)
                progress(dataset.samples.size(), 0);
        }
    }
    return dataset;
}

} // namespace sightline
