// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Boxes.h"

#include <charconv>
#include <optional>

#include "data/FileTree.h"
#include "support/Csv.h"

namespace sightline {

namespace {

constexpr std::uintmax_t kMaximumList = 64u << 20;

std::optional<int> numberIn(const std::string& cell) {
    int value = 0;
    const auto read = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    return read.ec == std::errc() && value >= 0 && value <= 1 << 20 ? std::optional(value) : std::nullopt;
}

/// Four numbers of a row from `first`; corners where `corners`, else a corner, width and height.
std::optional<Box> boxIn(const std::vector<std::string>& row, std::size_t first, bool corners) {
    if (row.size() < first + 4)
        return std::nullopt;
    const auto a = numberIn(row[first]), b = numberIn(row[first + 1]), c = numberIn(row[first + 2]),
               d = numberIn(row[first + 3]);
    if (!a || !b || !c || !d || (corners && (*c < *a || *d < *b)))
        return std::nullopt;
    return corners ? Box{*a, *b, *c - *a, *d - *b} : Box{*a, *b, *c, *d};
}

/// Reads one list: the image's name in the first column, put behind `folder`.
void readList(const FileTree& files, const std::string& list, char separator, const std::string& folder,
              std::size_t first, bool corners, std::map<std::string, Box>& boxes) {
    const auto text = files.read(list, kMaximumList);
    if (!text)
        return;
    CsvReader reader(*text, separator);
    for (std::vector<std::string> row; reader.next(row);)
        if (const auto box = boxIn(row, first, corners))
            boxes.emplace(joinedPath(folder, row[0]), *box);
}

} // namespace

std::map<std::string, Box> readBoxes(const Dataset& dataset) {
    std::map<std::string, Box> boxes;
    const FileTree* files = dataset.source ? dataset.source->files() : nullptr;
    if (!files)
        return boxes;
    if (dataset.format == "tiny-imagenet") {
        for (const std::string& name : dataset.classes)
            readList(*files, "train/" + name + "/" + name + "_boxes.txt", '\t', "train/" + name + "/images", 1, true,
                     boxes);
        readList(*files, "val/val_annotations.txt", '\t', "val/images", 2, true, boxes);
    } else
        readList(*files, "boxes.csv", ',', "", 2, false, boxes);
    return boxes;
}

} // namespace sightline
