// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <map>

#include "data/Readers.h"
#include "support/Csv.h"
#include "support/Files.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kMaximumTable = std::uintmax_t{512} << 20;
constexpr std::array kPathNames{"path", "file", "filename", "file_name", "filepath", "image", "image_path", "img", "image_file", "image_id", "id"};
constexpr std::array kLabelNames{"label", "class", "classname", "class_name", "category", "target", "y", "species", "diagnosis", "defect"};
constexpr std::array kSplitNames{"split", "subset", "set", "fold_name", "partition"};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool isTable(const fs::path& file) {
    const std::string ending = lower(file.extension().string());
    return ending == ".csv" || ending == ".tsv";
}

/// The one table of a folder without class folders of images.
std::optional<fs::path> tableOf(const fs::path& root) {
    std::error_code code;
    if (fs::is_regular_file(root, code))
        return isTable(root) ? std::optional(root) : std::nullopt;
    std::optional<fs::path> found;
    for (fs::directory_iterator it(root, fs::directory_options::skip_permission_denied, code), end; !code && it != end; it.increment(code)) {
        if (!isTable(it->path()) || it->path().filename() == "boxes.csv")
            continue;
        if (found)
            return std::nullopt; // two tables: the person has to say which
        found = it->path();
    }
    return found;
}

template <std::size_t N>
int columnNamed(const std::vector<std::string>& heads, const std::array<const char*, N>& names) {
    for (const char* name : names)
        for (std::size_t i = 0; i < heads.size(); ++i)
            if (lower(heads[i]) == name)
                return static_cast<int>(i);
    return -1;
}

/// The file a cell names, relative to the table's folder: as it is, or below images/, or with an ending left out.
std::optional<std::string> resolved(const fs::path& folder, const std::string& cell) {
    if (cell.empty() || cell.size() > 4096 || cell.find('\0') != std::string::npos)
        return std::nullopt;
    std::error_code code;
    for (const char* below : {"", "images/", "train/", "img/"})
        for (const char* ending : {"", ".jpg", ".png", ".jpeg", ".tif", ".bmp"}) {
            const std::string path = below + cell + ending;
            if (hasImageExtension(path) && fs::is_regular_file(folder / path, code))
                return path;
        }
    return std::nullopt;
}

struct Columns {
    int path = -1, label = -1, split = -1;
    bool hasHead = true;
};

Columns columnsOf(const std::vector<std::vector<std::string>>& rows, const fs::path& folder) {
    Columns columns;
    const auto& first = rows.front();
    columns.path = columnNamed(first, kPathNames);
    columns.label = columnNamed(first, kLabelNames);
    columns.split = columnNamed(first, kSplitNames);
    if (columns.path >= 0 && columns.label >= 0)
        return columns;
    // No headings we know: the column whose cells are files, and the first other one.
    const auto& probe = rows.size() > 1 ? rows[1] : first;
    for (std::size_t i = 0; i < probe.size() && columns.path < 0; ++i)
        if (resolved(folder, probe[i]))
            columns.path = static_cast<int>(i);
    columns.hasHead = columns.path < 0 || static_cast<std::size_t>(columns.path) >= first.size() || !resolved(folder, first[static_cast<std::size_t>(columns.path)]);
    for (int i = 0; i < static_cast<int>(probe.size()) && columns.label < 0; ++i)
        if (i != columns.path && i != columns.split)
            columns.label = i;
    return columns;
}

Subset subsetOf(const std::string& word) {
    const std::string known = lower(word);
    return known.starts_with("val") || known == "dev" ? Subset::Validation : known.starts_with("test") ? Subset::Test : Subset::Train;
}

} // namespace

bool looksLikeTable(const fs::path& root) {
    std::error_code code;
    if (fs::is_regular_file(root, code))
        return isTable(root);
    const auto table = tableOf(root);
    if (!table)
        return false;
    const auto text = readFile(*table, kMaximumTable);
    if (!text)
        return false;
    const auto rows = csvRows(std::string_view(*text).substr(0, std::min<std::size_t>(text->size(), 4096)), csvSeparator(*text));
    if (rows.size() < 2)
        return false;
    const Columns columns = columnsOf(rows, root);
    return columns.path >= 0 && columns.label >= 0;
}

Result<Dataset> readTable(const fs::path& root, std::stop_token stop, const Progress& progress) {
    const auto table = tableOf(root);
    if (!table)
        return badInput(root.string() + " holds no table (.csv or .tsv), or more than one; open the table itself.");
    const auto text = readFile(*table, kMaximumTable);
    if (!text)
        return text.error();
    const auto rows = csvRows(*text, csvSeparator(*text));
    Dataset dataset;
    dataset.root = table->parent_path();
    dataset.format = "csv";
    dataset.source = makeFileSource(dataset.root);
    if (rows.empty())
        return badInput(table->string() + " is empty.");
    const Columns columns = columnsOf(rows, dataset.root);
    if (columns.path < 0)
        return badInput(table->string() + " has no column of image paths (path, file, filename, image ...), and no cell of its first rows names an image beside it.");
    if (columns.label < 0)
        return badInput(table->string() + " has no column of labels (label, class, category, target ...).");

    struct Row { std::string path, label; Subset subset; };
    std::vector<Row> found;
    std::map<std::string, int> labels;
    const auto cell = [](const std::vector<std::string>& row, int column) { return static_cast<std::size_t>(column) < row.size() ? row[static_cast<std::size_t>(column)] : std::string(); };
    for (std::size_t i = columns.hasHead ? 1 : 0; i < rows.size(); ++i) {
        if (stop.stop_requested())
            return cancelled();
        const std::string named = cell(rows[i], columns.path), label = cell(rows[i], columns.label);
        const auto path = resolved(dataset.root, named);
        if (!path)
            dataset.problems.push_back({"missing", named, "is in the table (row " + std::to_string(i + 1) + ") but is no image file beside it"});
        else if (label.empty())
            dataset.problems.push_back({"no_label", *path, "has no label (row " + std::to_string(i + 1) + ")"});
        else {
            found.push_back({*path, label, columns.split < 0 ? Subset::Train : subsetOf(cell(rows[i], columns.split))});
            if (found.back().subset == Subset::Train)
                labels.emplace(label, 0);
        }
        if (progress && i % 1024 == 0)
            progress(i, rows.size());
    }
    for (auto& [name, label] : labels) {
        label = static_cast<int>(dataset.classes.size());
        dataset.classes.push_back(name);
    }
    for (Row& row : found) {
        const auto known = labels.find(row.label);
        if (known == labels.end())
            dataset.problems.push_back({"unknown_class", row.path, "is of the class " + row.label + ", which train lacks"});
        dataset.hasValidation = dataset.hasValidation || row.subset == Subset::Validation;
        dataset.samples.push_back({std::move(row.path), known == labels.end() ? -1 : known->second, row.subset, 0});
    }
    sortSamples(dataset);
    return dataset;
}

} // namespace sightline
