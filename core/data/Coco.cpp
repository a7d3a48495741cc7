// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>
#include <unordered_map>

#include "data/ObjectLabels.h"
#include "data/SplitWords.h"
#include "support/Json.h"
#include "support/Words.h"

namespace sightline {

namespace {

constexpr std::uintmax_t kLargest = std::uintmax_t{1} << 30;
constexpr std::size_t kMostEntries = 20'000'000, kMostNames = 1'000'000;

/// What an annotation file says of images: names by id, categories by id, and the categories of each image's objects.
struct CocoLists {
    std::unordered_map<std::string, std::string> images, categories;
    std::vector<std::string> order;                                    ///< ids of the images as listed
    std::unordered_map<std::string, std::vector<std::string>> objects; ///< category ids
};

/// Reads the three lists event by event, so that segmentations, which are most of such a file, are never held.
class CocoEvents : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit CocoEvents(std::stop_token stop) : m_stop(std::move(stop)) {}

    CocoLists lists;
    bool hasImages = false, hasAnnotations = false, isTooLarge = false;

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t value) override { return scalar(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return scalar(std::to_string(value)); }
    bool number_float(number_float_t, const string_t& text) override { return scalar(text); }
    bool string(string_t& value) override { return scalar(value); }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override {
        if (++m_depth == 3 && m_list != None)
            m_entry.clear();
        return !m_stop.stop_requested();
    }
    bool key(string_t& name) override {
        if (m_depth == 1) {
            m_list = name == "images"        ? Images
                     : name == "annotations" ? Annotations
                     : name == "categories"  ? Categories
                                             : None;
            hasImages = hasImages || m_list == Images;
            hasAnnotations = hasAnnotations || m_list == Annotations;
        }
        if (m_depth == 3)
            m_key = name;
        return true;
    }
    bool end_object() override {
        if (m_depth-- == 3 && m_list != None)
            take();
        return !isTooLarge;
    }
    bool start_array(std::size_t) override {
        ++m_depth;
        return true;
    }
    bool end_array() override {
        --m_depth;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

private:
    enum List { None, Images, Annotations, Categories };

    bool scalar(const std::string& value) {
        if (m_depth == 3 && m_list != None &&
            (m_key == "id" || m_key == "file_name" || m_key == "name" || m_key == "image_id" || m_key == "category_id"))
            m_entry[m_key] = value;
        return true;
    }

    void take() {
        isTooLarge = ++m_entries > kMostEntries;
        const auto of = [&](const char* key) { return m_entry.contains(key) ? m_entry[key] : std::string(); };
        if (m_list == Images && !of("file_name").empty() && lists.images.emplace(of("id"), of("file_name")).second)
            lists.order.push_back(of("id"));
        else if (m_list == Categories && lists.categories.size() < kMostNames)
            lists.categories.emplace(of("id"), of("name"));
        else if (m_list == Annotations && m_entry.contains("category_id"))
            lists.objects[of("image_id")].push_back(of("category_id"));
    }

    std::stop_token m_stop;
    List m_list = None;
    std::size_t m_depth = 0, m_entries = 0;
    std::string m_key;
    std::map<std::string, std::string> m_entry;
};

/// An annotation file, the subset its name or folder means, and the folder of its images.
struct CocoFile {
    std::string path;
    std::optional<Subset> subset = {};
};

std::vector<std::string> jsonIn(const FileTree& tree, const std::string& folder) {
    std::vector<std::string> found;
    for (const FileTree::Entry& entry : tree.entries(folder))
        if (!entry.isFolder && lowerCase(entry.name).ends_with(".json"))
            found.push_back(joinedPath(folder, entry.name));
    return found;
}

bool isAnnotationName(const std::string& path) {
    const std::string name = lowerCase(fileName(path));
    return name.find("instances") != std::string::npos || name.find("coco") != std::string::npos ||
           name.find("annotation") != std::string::npos;
}

/// annotations/instances_*.json (beside captions and key points), else those at the top.
std::vector<CocoFile> filesAbove(const ReadRequest& request, const std::vector<std::string>& folders) {
    std::vector<std::string> names;
    for (const std::string& folder : folders)
        if (lowerCase(folder) == "annotations")
            names = jsonIn(*request.tree, folder);
    if (names.empty())
        names = jsonIn(*request.tree, "");
    std::erase_if(names, [](const std::string& path) { return !isAnnotationName(path); });
    const auto isOther = [](const std::string& path) { return !lowerCase(fileName(path)).starts_with("instances"); };
    if (!std::all_of(names.begin(), names.end(), isOther))
        std::erase_if(names, isOther);
    std::vector<std::string> stems;
    for (const std::string& path : names)
        stems.push_back(fileName(path).substr(0, fileName(path).rfind('.')));
    const auto subsets = subsetsOf(stems, request.settings.splitWords);
    std::vector<CocoFile> files;
    for (std::size_t i = 0; i < names.size(); ++i)
        files.push_back({names[i], subsets[i]});
    return files;
}

/// Those above, or _annotations.coco.json beside the images of each split.
std::vector<CocoFile> filesOf(const ReadRequest& request) {
    std::vector<std::string> folders;
    for (const FileTree::Entry& entry : request.tree->entries(""))
        if (entry.isFolder)
            folders.push_back(entry.name);
    std::vector<CocoFile> files = filesAbove(request, folders);
    if (!files.empty())
        return files;
    const auto splits = subsetsOf(folders, request.settings.splitWords);
    for (std::size_t i = 0; i < folders.size(); ++i) {
        if (!splits[i])
            continue;
        const std::vector<std::string> names = jsonIn(*request.tree, folders[i]);
        if (const auto found = std::find_if(names.begin(), names.end(), isAnnotationName); found != names.end())
            files.push_back({*found, splits[i]});
    }
    return files;
}

Result<CocoLists> readLists(const ReadRequest& request, const std::string& path) {
    const auto text = request.tree->read(path, kLargest);
    if (!text)
        return text.error();
    CocoEvents events(request.stop);
    const bool isWhole = nlohmann::json::sax_parse(*text, &events);
    if (request.stop.stop_requested())
        return cancelled();
    const std::string name = request.tree->shown(path);
    if (events.isTooLarge)
        return badInput(name + " lists more than " + grouped(kMostEntries) + " images and objects.");
    if (!isWhole)
        return badInput(name + " is not valid JSON.");
    if (!events.hasImages || !events.hasAnnotations || events.lists.categories.empty())
        return badInput(name + " has no lists of images, annotations and categories, as COCO's annotation files do.");
    return std::move(events.lists);
}

/// Where the images of a file are looked for first: the folder it lies in, or the one named like its subset.
std::string folderOf(const ReadRequest& request, const CocoFile& file) {
    const auto slash = file.path.find('/');
    if (slash != std::string::npos && lowerCase(file.path.substr(0, slash)) != "annotations")
        return file.path.substr(0, slash);
    for (const FileTree::Entry& entry : request.tree->entries(""))
        if (entry.isFolder && file.subset && subsetNamed(entry.name, request.settings.splitWords) == file.subset)
            return entry.name;
    return {};
}

} // namespace

bool looksLikeCoco(const ReadRequest& request) {
    const std::vector<CocoFile> files = filesOf(request);
    return !files.empty() && readLists(request, files.front().path).ok();
}

Result<Dataset> readCoco(const ReadRequest& request) {
    const std::vector<CocoFile> files = filesOf(request);
    if (files.empty())
        return badInput(request.tree->shown("") + " has no annotation file of COCO's kind (annotations/*.json).");
    ObjectLabels labels(request);
    std::vector<std::string> categories;
    for (const CocoFile& file : files) {
        const auto lists = readLists(request, file.path);
        if (!lists)
            return lists.error();
        const std::string folder = folderOf(request, file);
        for (const std::string& id : lists->order) {
            std::vector<std::string> names;
            if (const auto objects = lists->objects.find(id); objects != lists->objects.end())
                for (const std::string& category : objects->second)
                    if (const auto name = lists->categories.find(category); name != lists->categories.end())
                        names.push_back(name->second);
            labels.add(lists->images.at(id), names, file.subset.value_or(Subset::Train), folder);
        }
        for (const auto& [id, name] : lists->categories)
            categories.push_back(name);
        if (request.progress)
            request.progress(lists->order.size(), 0);
    }
    std::sort(categories.begin(), categories.end());
    categories.erase(std::unique(categories.begin(), categories.end()), categories.end());
    return labels.finish("coco", categories, {}, {});
}

} // namespace sightline
