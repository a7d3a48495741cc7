// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "data/ClassNames.h"
#include "data/FileTree.h"
#include "data/ObjectBoxes.h"
#include "support/Json.h"
#include "support/Unicode.h"
#include "support/Words.h"

namespace sightline {

namespace {

constexpr std::uintmax_t kLargest = std::uintmax_t{1} << 30;
constexpr double kMostPixels = 1 << 20;

struct CocoObject {
    std::string category;
    Box box;
};

/// Reads names of images and categories, and the boxes of objects, event by event, so that segmentations, which are
/// most of such a file, are never held.
class BoxEvents : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit BoxEvents(const std::stop_token& stop) : m_stop(stop) {}

    std::unordered_map<std::string, std::string> images, categories;    ///< names by id
    std::unordered_map<std::string, std::vector<CocoObject>> objectsOf; ///< by image id

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t value) override {
        return number(static_cast<double>(value), std::to_string(value));
    }
    bool number_unsigned(number_unsigned_t value) override {
        return number(static_cast<double>(value), std::to_string(value));
    }
    bool number_float(number_float_t value, const string_t& text) override { return number(value, text); }
    bool string(string_t& value) override {
        if (m_depth == 3)
            m_entry[m_key] = value;
        return true;
    }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override {
        if (++m_depth == 3) {
            m_entry.clear();
            m_box.clear();
        }
        return !m_stop.stop_requested();
    }
    bool key(string_t& name) override {
        if (m_depth == 1)
            m_list = name;
        if (m_depth == 3)
            m_key = name;
        return true;
    }
    bool end_object() override {
        if (m_depth-- == 3)
            take();
        return true;
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
    bool number(double value, const std::string& text) {
        if (m_depth == 3)
            m_entry[m_key] = text;
        else if (m_depth == 4 && m_list == "annotations" && m_key == "bbox")
            m_box.push_back(value);
        return true;
    }

    void take() {
        if (m_list == "images")
            images[m_entry["id"]] = m_entry["file_name"];
        else if (m_list == "categories")
            categories[m_entry["id"]] = m_entry["name"];
        const auto isPixels = [](double value) { return std::abs(value) <= kMostPixels; };
        if (m_list != "annotations" || m_box.size() != 4 || !std::all_of(m_box.begin(), m_box.end(), isPixels))
            return;
        const auto pixel = [](double value) { return static_cast<int>(std::lround(value)); };
        const int x = pixel(m_box[0]), y = pixel(m_box[1]);
        objectsOf[m_entry["image_id"]].push_back(
            {m_entry["category_id"], {x, y, pixel(m_box[0] + m_box[2]) - x, pixel(m_box[1] + m_box[3]) - y}});
    }

    const std::stop_token& m_stop;
    std::string m_list, m_key;
    std::size_t m_depth = 0;
    std::unordered_map<std::string, std::string> m_entry;
    std::vector<double> m_box;
};

/// annotations/*.json, those at the top, and those beside the images of each split.
std::vector<std::string> annotationFiles(const FileTree& files) {
    std::vector<std::string> found, folders = {""};
    for (const FileTree::Entry& entry : files.entries(""))
        if (entry.isFolder)
            folders.push_back(entry.name);
    for (const std::string& folder : folders)
        for (const FileTree::Entry& entry : files.entries(folder)) {
            const std::string name = lowerCase(entry.name);
            const bool isOther = name.starts_with("captions") || name.starts_with("person_keypoints");
            if (!entry.isFolder && name.ends_with(".json") && !isOther)
                found.push_back(joinedPath(folder, entry.name));
        }
    return found;
}

/// The sample an image of an annotation file is: the one of its name; of several, the one whose folder the file names;
/// none where that is not a single one.
const Sample* sampleOf(const std::vector<const Sample*>& sameName, const std::string& name, const std::string& file) {
    std::vector<const Sample*> fitting, named;
    for (const Sample* sample : sameName) {
        if (sample->path != name && !sample->path.ends_with("/" + name))
            continue;
        fitting.push_back(sample);
        if (file.find(sample->path.substr(0, sample->path.find('/'))) != std::string::npos)
            named.push_back(sample);
    }
    const std::vector<const Sample*>& candidates = named.empty() ? fitting : named;
    return candidates.size() == 1 ? candidates.front() : nullptr;
}

} // namespace

Result<FoundBoxes> cocoBoxes(const Dataset& dataset, const FileTree& files, const std::stop_token& stop) {
    std::unordered_map<std::string, std::vector<const Sample*>> byName;
    for (const Sample& sample : dataset.samples)
        byName[fileName(sample.path)].push_back(&sample);
    const bool isCoco = dataset.format == "coco"; // else a file beside the images may be anything
    FoundBoxes found;
    std::vector<std::string> ambiguous;
    for (const std::string& file : annotationFiles(files)) {
        const auto text = files.read(file, kLargest);
        if (!text && !isCoco)
            continue;
        if (!text)
            return text.error();
        BoxEvents events(stop);
        const bool isWhole = nlohmann::json::sax_parse(*text, &events);
        if (stop.stop_requested())
            return cancelled();
        if (!isWhole && !isCoco)
            continue;
        if (!isWhole)
            return badInput(files.shown(file) + " is not valid JSON.");
        for (const auto& [id, objects] : events.objectsOf) {
            const std::string& name = events.images[id];
            const auto known = byName.find(fileName(name));
            const Sample* sample = known == byName.end() ? nullptr : sampleOf(known->second, name, file);
            if (!sample && known != byName.end() && known->second.size() > 1)
                ambiguous.push_back(name);
            if (!sample || sample->label < 0)
                continue;
            std::vector<Box> own, all;
            for (const CocoObject& object : objects) {
                all.push_back(object.box);
                if (composed(trimmed(events.categories[object.category])) ==
                    dataset.classes[static_cast<std::size_t>(sample->label)])
                    own.push_back(object.box);
            }
            found.boxes[sample->path] = own.empty() ? all : own;
        }
    }
    if (!ambiguous.empty())
        found.notes.push_back("Which image of the set is meant by " + counted(ambiguous.size(), "name") +
                              " of the annotations cannot be told, as several are called so: " + listed(ambiguous) +
                              ".");
    return found;
}

} // namespace sightline
