// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/ObjectBoxes.h"

#include <pugixml.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>

#include "data/ClassNames.h"
#include "data/FileTree.h"
#include "support/Csv.h"
#include "support/Unicode.h"
#include "support/Words.h"

namespace sightline {

namespace {

constexpr std::uintmax_t kMostBytes = 64u << 20, kMostOfOne = 8u << 20;
constexpr double kMostPixels = 1 << 20; ///< beyond every image's edge
constexpr const char* kTable = "boxes.csv";

std::optional<double> numberIn(std::string_view cell) {
    double value = 0;
    const auto read = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    return read.ec == std::errc() && read.ptr == cell.data() + cell.size() && std::isfinite(value)
               ? std::optional(value)
               : std::nullopt;
}

int pixelAt(double place) {
    return static_cast<int>(std::lround(std::clamp(place, -kMostPixels, kMostPixels)));
}

/// A path however it is written: "./a\\b.png" is "a/b.png".
std::string plainPath(std::string path) {
    std::replace(path.begin(), path.end(), '\\', '/');
    path = composed(std::filesystem::path(path).lexically_normal().generic_string());
    return path.starts_with("/") ? path.substr(1) : path;
}

/// Shares of the image are taken for no pixels: they would all lie in its first one.
bool areShares(const std::vector<std::array<double, 4>>& rows) {
    bool hasFraction = false;
    for (const auto& numbers : rows)
        for (const double number : numbers) {
            if (number < 0 || number > 1)
                return false;
            hasFraction = hasFraction || number != std::floor(number);
        }
    return hasFraction;
}

/// Boxes that were found under plain paths are put under those of their samples; what is not used is said.
void assign(FoundBoxes& found, const Dataset& dataset, std::size_t withoutNumbers, std::size_t rows) {
    if (withoutNumbers > 0)
        found.notes.push_back(std::string(kTable) + ": " + counted(withoutNumbers, "row") + " of " +
                              std::to_string(rows) + " without four numbers " + (withoutNumbers == 1 ? "is" : "are") +
                              " not used.");
    ObjectBoxes ofSamples;
    for (const Sample& sample : dataset.samples)
        if (auto boxes = found.boxes.extract(plainPath(sample.path)); !boxes.empty())
            ofSamples.emplace(sample.path, std::move(boxes.mapped()));
    std::vector<std::string> unknown;
    for (const auto& [path, boxes] : found.boxes)
        unknown.push_back(path);
    found.boxes = std::move(ofSamples);
    if (!unknown.empty())
        found.notes.push_back(std::string(kTable) + ": " + counted(unknown.size(), "path") +
                              (unknown.size() == 1 ? " fits" : " fit") + " no image of the set: " + listed(unknown) +
                              ".");
}

Result<FoundBoxes> tableBoxes(const Dataset& dataset, const FileTree& files) {
    const auto text = files.read(kTable, kMostBytes);
    if (!text)
        return text.error();
    CsvReader reader(*text, csvSeparator(*text), CsvReader::Blanks::Trim);
    std::vector<std::string> row;
    reader.next(row);
    std::array<std::size_t, 5> columns{};
    constexpr std::array<const char*, 5> kNeeded = {"path", "x", "y", "width", "height"};
    std::vector<std::string> missing;
    for (std::size_t i = 0; i < kNeeded.size(); ++i) {
        columns[i] = static_cast<std::size_t>(
            std::find_if(row.begin(), row.end(),
                         [&](const std::string& heading) { return lowerCase(heading) == kNeeded[i]; }) -
            row.begin());
        if (columns[i] == row.size())
            missing.push_back(kNeeded[i]);
    }
    if (!missing.empty())
        return badInput(files.shown(kTable) + " has no column " + enumerated(missing) +
                        "; boxes need path, x, y, width and height.");
    FoundBoxes found;
    std::vector<std::array<double, 4>> used;
    std::size_t rows = 0;
    while (reader.next(row)) {
        ++rows;
        std::array<double, 4> numbers{};
        bool isWhole = row.size() > *std::max_element(columns.begin(), columns.end());
        for (std::size_t i = 0; isWhole && i < numbers.size(); ++i) {
            const auto number = numberIn(row[columns[i + 1]]);
            isWhole = number.has_value();
            numbers[i] = number.value_or(0);
        }
        if (!isWhole)
            continue;
        used.push_back(numbers);
        found.boxes[plainPath(row[columns[0]])].push_back(
            {pixelAt(numbers[0]), pixelAt(numbers[1]), pixelAt(numbers[2]), pixelAt(numbers[3])});
    }
    if (areShares(used))
        return badInput(files.shown(kTable) + " gives shares of the image (0 to 1) where pixels are needed: multiply x "
                                              "and width by the image's width, y and height by its height.");
    assign(found, dataset, rows - used.size(), rows);
    return found;
}

/// The image's path with .xml.
std::string annotationOf(const std::string& path) {
    return path.substr(0, path.rfind('.')) + ".xml";
}

/// The objects of the image's class; where there are none, those that are of no other class of the set.
std::vector<Box> boxesIn(const pugi::xml_document& document, const std::string& className,
                         const std::vector<std::string>& classes) {
    std::vector<Box> own, unnamed;
    for (const pugi::xml_node object : document.child("annotation").children("object")) {
        const pugi::xml_node box = object.child("bndbox");
        const auto left = numberIn(box.child("xmin").text().get()), top = numberIn(box.child("ymin").text().get()),
                   right = numberIn(box.child("xmax").text().get()), bottom = numberIn(box.child("ymax").text().get());
        if (!left || !top || !right || !bottom)
            continue;
        // Pixels count from 1, and the last one belongs to the box.
        const int x = pixelAt(*left) - 1, y = pixelAt(*top) - 1;
        const Box there{x, y, pixelAt(*right) - x, pixelAt(*bottom) - y};
        const std::string name = composed(trimmed(object.child("name").text().get()));
        if (name == className)
            own.push_back(there);
        else if (std::find(classes.begin(), classes.end(), name) == classes.end())
            unnamed.push_back(there);
    }
    return own.empty() ? unnamed : own;
}

/// How many images have each file's name, endings aside.
std::map<std::string, std::size_t> namesakes(const Dataset& dataset) {
    std::map<std::string, std::size_t> count;
    for (const Sample& sample : dataset.samples)
        ++count[fileName(annotationOf(sample.path))];
    return count;
}

/// The set's own annotations lie in Annotations by the images' names; those that tools leave beside the images of a
/// folder set have the images' paths. Of several images of one name nobody can tell whose one in Annotations is.
Result<FoundBoxes> pascalVocBoxes(const Dataset& dataset, const FileTree& files, const std::stop_token& stop) {
    std::string folder;
    for (const FileTree::Entry& entry : files.entries(""))
        if (entry.isFolder && lowerCase(entry.name) == "annotations")
            folder = entry.name;
    const std::map<std::string, std::size_t> sharing =
        folder.empty() ? std::map<std::string, std::size_t>() : namesakes(dataset);
    FoundBoxes result;
    std::vector<std::string> ambiguous;
    for (const Sample& sample : dataset.samples) {
        if (stop.stop_requested())
            return cancelled();
        std::string file = annotationOf(sample.path);
        if (!folder.empty() && !files.isFile(file))
            file = joinedPath(folder, fileName(file));
        if (!files.isFile(file))
            continue;
        if (const auto shared = sharing.find(fileName(file));
            shared != sharing.end() && shared->second > 1 && file != annotationOf(sample.path)) {
            ambiguous.push_back(sample.path);
            continue;
        }
        const auto text = files.read(file, kMostOfOne);
        pugi::xml_document document;
        if (!text || !document.load_buffer(text->data(), text->size()))
            continue; // the reader of the set has said so
        const std::string name =
            sample.label >= 0 ? dataset.classes[static_cast<std::size_t>(sample.label)] : std::string();
        if (auto found = boxesIn(document, name, dataset.classes); !found.empty())
            result.boxes[sample.path] = std::move(found);
    }
    if (!ambiguous.empty())
        result.notes.push_back(folder + ": which of several images of one name is meant is unknown, so " +
                               counted(ambiguous.size(), "image") + (ambiguous.size() == 1 ? " has" : " have") +
                               " no boxes: " + listed(ambiguous) + ".");
    return result;
}

} // namespace

Result<FoundBoxes> objectBoxes(const Dataset& dataset, const std::stop_token& stop) {
    const FileTree* files = dataset.source ? dataset.source->files() : nullptr;
    if (!files)
        return FoundBoxes();
    if (dataset.format == "voc")
        return pascalVocBoxes(dataset, *files, stop);
    if (dataset.format == "coco")
        return cocoBoxes(dataset, *files, stop);
    if (dataset.format != "tiny-imagenet") {
        if (files->isFile(kTable))
            return tableBoxes(dataset, *files);
        auto beside = pascalVocBoxes(dataset, *files, stop);
        return beside && beside->boxes.empty() && beside->notes.empty() ? cocoBoxes(dataset, *files, stop)
                                                                        : std::move(beside);
    }
    FoundBoxes found;
    for (const auto& [path, box] : readBoxes(dataset))
        found.boxes[path] = {box};
    return found;
}

} // namespace sightline
