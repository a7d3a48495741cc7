// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "data/ImageNames.h"
#include "data/Readers.h"
#include "data/SplitWords.h"
#include "support/Csv.h"

namespace sightline {

namespace {

constexpr std::uintmax_t kMaximumTable = std::uintmax_t{512} << 20;
constexpr std::size_t kMostRows = 20'000'000, kMostProblems = 1000, kLongestPath = 4096;
constexpr std::size_t kProbe = 200; ///< rows looked at to find columns
constexpr std::array kPathNames{"path",       "file", "filename",   "file_name", "filepath", "image",
                                "image_path", "img",  "image_file", "image_id",  "id"};
constexpr std::array kLabelNames{"label",  "class", "classname", "class_name", "category",
                                 "target", "y",     "species",   "diagnosis",  "defect"};
constexpr std::array kSplitNames{"split", "subset", "set", "fold_name", "partition"};

using Row = std::vector<std::string>;

/// A table and the split all its rows belong to, where its name says so (train.csv, test.csv).
struct NamedTable {
    std::string path;
    std::optional<Subset> subset;
};

/// The one table of a folder, or its train.csv with val.csv and test.csv.
std::vector<NamedTable> tablesOf(const ReadRequest& request) {
    if (!request.table.empty())
        return {{request.table, std::nullopt}};
    std::vector<NamedTable> all, split;
    for (const FileTree::Entry& entry : request.tree->entries("")) {
        if (entry.isFolder || !isTableName(entry.name) || entry.name == "boxes.csv")
            continue;
        all.push_back({entry.name, std::nullopt});
        if (const auto subset = subsetNamed(entry.name.substr(0, entry.name.rfind('.'))))
            split.push_back({entry.name, subset});
    }
    if (all.size() <= 1)
        return all;
    std::stable_sort(split.begin(), split.end(),
                     [](const NamedTable& a, const NamedTable& b) { return *a.subset < *b.subset; });
    const bool hasTrain = !split.empty() && split.front().subset == Subset::Train;
    return hasTrain ? split : std::vector<NamedTable>();
}

std::string cellOf(const Row& row, int column) {
    return column >= 0 && static_cast<std::size_t>(column) < row.size() ? row[static_cast<std::size_t>(column)]
                                                                        : std::string();
}

/// The file a cell names, relative to the table's folder: as it is, or below images/, or with an ending left out.
std::optional<std::string> resolved(const FileTree& tree, std::string cell) {
    if (cell.empty() || cell.size() > kLongestPath || cell.find('\0') != std::string::npos)
        return std::nullopt;
    if (cell.starts_with("./"))
        cell.erase(0, 2);
    if (!tree.isFile(cell))
        std::replace(cell.begin(), cell.end(), '\\', '/');
    for (const char* below : {"", "images/", "train/", "img/", "test/"})
        for (const char* ending : {"", ".jpg", ".png", ".jpeg", ".tif", ".bmp"}) {
            const std::string path = below + cell + ending;
            if (namesImage(fileName(path)) && tree.isFile(path))
                return path;
        }
    return std::nullopt;
}

struct Columns {
    int path = -1, label = -1, split = -1, group = -1;
    bool hasHeader = true;
};

std::string listed(const Row& header, bool hasHeader) {
    std::string names;
    for (std::size_t i = 0; i < header.size() && names.size() < 500; ++i)
        names += (i > 0 ? ", " : "") + (hasHeader ? header[i].substr(0, 60) : std::to_string(i + 1));
    return names;
}

template <std::size_t N>
int columnNamed(const Row& heads, const std::array<const char*, N>& names) {
    for (const char* name : names)
        for (std::size_t i = 0; i < heads.size(); ++i)
            if (lowerCase(heads[i]) == name)
                return static_cast<int>(i);
    return -1;
}

/// The column a person chose, by heading or by number from 1.
Result<int> chosenColumn(const std::string& table, const Row& header, bool hasHeader, const std::string& setting,
                         const std::string& name) {
    for (std::size_t i = 0; hasHeader && i < header.size(); ++i)
        if (header[i] == name)
            return static_cast<int>(i);
    if (!name.empty() && name.size() < 5 && name.find_first_not_of("0123456789") == std::string::npos)
        if (const auto number = static_cast<std::size_t>(std::stoul(name)); number >= 1 && number <= header.size())
            return static_cast<int>(number) - 1;
    return badInput(setting + ": " + table + " has no column '" + name + "'; it has: " + listed(header, hasHeader) +
                    ".");
}

/// Where nothing says which: the first column whose cells name images.
int columnOfFiles(const FileTree& tree, const std::vector<Row>& rows) {
    for (std::size_t r = rows.size() > 1 ? 1 : 0; r < std::min<std::size_t>(rows.size(), 6); ++r)
        for (std::size_t i = 0; i < rows[r].size(); ++i)
            if (resolved(tree, rows[r][i]))
                return static_cast<int>(i);
    return -1;
}

/// Where nothing says which: the first other column whose cells repeat, else the first other column.
int columnOfLabels(const std::vector<Row>& rows, const Columns& columns) {
    int first = -1;
    for (int i = 0; i < static_cast<int>(rows.front().size()); ++i) {
        if (i == columns.path || i == columns.split || i == columns.group)
            continue;
        std::set<std::string> values;
        for (std::size_t r = columns.hasHeader ? 1 : 0; r < rows.size(); ++r)
            values.insert(cellOf(rows[r], i));
        if (first < 0)
            first = i;
        if (values.size() > 1 && values.size() * 2 <= rows.size())
            return i;
    }
    return first;
}

Result<Columns> columnsOf(const ReadRequest& request, const std::string& table, const std::vector<Row>& rows) {
    const FileTree& tree = *request.tree;
    const TableSettings& chosen = request.settings.table;
    const Row& header = rows.front();
    Columns columns;
    const bool byNumber = chosen.header == TableSettings::Header::No;
    columns.hasHeader = !byNumber;
    const auto choose = [&](int& column, const char* setting, const std::string& name) -> Result<void> {
        if (name.empty())
            return {};
        const Result<int> found = chosenColumn(tree.shown(table), header, !byNumber, setting, name);
        if (!found)
            return found.error();
        column = *found;
        return {};
    };
    for (const auto& [column, setting, name] :
         {std::tuple(&columns.path, "data.table.path_column", &chosen.pathColumn),
          std::tuple(&columns.label, "data.table.label_column", &chosen.labelColumn),
          std::tuple(&columns.split, "data.table.split_column", &chosen.splitColumn),
          std::tuple(&columns.group, "data.group.column", &request.settings.group.column)}) {
        if (const Result<void> done = choose(*column, setting, *name); !done)
            return done.error();
    }
    if (!byNumber) {
        columns.path = columns.path < 0 ? columnNamed(header, kPathNames) : columns.path;
        columns.label = columns.label < 0 ? columnNamed(header, kLabelNames) : columns.label;
        columns.split = columns.split < 0 ? columnNamed(header, kSplitNames) : columns.split;
    }
    if (columns.path < 0)
        columns.path = columnOfFiles(tree, rows);
    if (columns.path < 0)
        return badInput(tree.shown(table) +
                        " has no column of image paths (path, file, filename, image ...), and no cell of its first "
                        "rows names an image next to it; it has: " +
                        listed(header, !byNumber) + ". Choose one with data.table.path_column.");
    if (chosen.header == TableSettings::Header::Auto)
        columns.hasHeader = !resolved(tree, cellOf(header, columns.path));
    if (columns.label < 0)
        columns.label = columnOfLabels(rows, columns);
    if (columns.label < 0)
        return badInput(tree.shown(table) + " has no column of labels (label, class, category, target ...); it has: " +
                        listed(header, !byNumber) + ". Choose one with data.table.label_column.");
    return columns;
}

Subset subsetOf(const std::string& word) {
    const std::string known = lowerCase(word);
    return known.starts_with("val") || known == "dev" ? Subset::Validation
           : known.starts_with("test")                ? Subset::Test
                                                      : Subset::Train;
}

struct TableText {
    std::string text;
    char separator = ',';
    std::vector<Row> probe; ///< the first rows
};

Result<TableText> openTable(const FileTree& tree, const std::string& path) {
    auto text = tree.read(path, kMaximumTable);
    if (!text)
        return text.error();
    TableText table{std::move(*text), ',', {}};
    table.separator = csvSeparator(table.text);
    CsvReader reader(table.text, table.separator);
    for (Row row; table.probe.size() < kProbe && reader.next(row);)
        table.probe.push_back(std::move(row));
    if (table.probe.empty())
        return badInput(tree.shown(path) + " is empty.");
    return table;
}

/// What the tables say, before classes are numbered.
class TableRows {
public:
    TableRows(const ReadRequest& request, Dataset& dataset) : m_request(request), m_dataset(dataset) {}

    Result<void> take(const NamedTable& table) {
        const FileTree& tree = *m_request.tree;
        const auto opened = openTable(tree, table.path);
        if (!opened)
            return opened.error();
        const auto columns = columnsOf(m_request, table.path, opened->probe);
        if (!columns)
            return columns.error();
        CsvReader reader(opened->text, opened->separator);
        std::size_t number = 0;
        for (Row row; reader.next(row);) {
            if (++number == 1 && columns->hasHeader)
                continue;
            if (number > kMostRows)
                return badInput(tree.shown(table.path) + " has more than " + std::to_string(kMostRows) + " rows.");
            if (m_request.stop.stop_requested())
                return cancelled();
            takeRow(table, *columns, row, number);
            if (m_request.progress && number % 1024 == 0)
                m_request.progress(m_dataset.samples.size(), 0);
        }
        return {};
    }

    /// Labels become numbers in the order of their names; those that train lacks stay unknown.
    void number() {
        std::map<std::string, int> known;
        for (std::size_t i = 0; i < m_labels.size(); ++i)
            if (m_dataset.samples[i].subset == Subset::Train)
                known.emplace(m_labels[i], 0);
        for (auto& [name, label] : known) {
            label = static_cast<int>(m_dataset.classes.size());
            m_dataset.classes.push_back(name);
        }
        for (std::size_t i = 0; i < m_labels.size(); ++i) {
            Sample& sample = m_dataset.samples[i];
            const auto label = known.find(m_labels[i]);
            if (label == known.end())
                problem({"unknown_class", sample.path, "is of the class " + m_labels[i] + ", which is not in train"});
            else
                sample.label = label->second;
        }
        if (m_problems > kMostProblems)
            m_dataset.problems.push_back(
                {"more", {}, std::to_string(m_problems - kMostProblems) + " more rows have problems"});
    }

    std::size_t missing() const { return m_missing; }
    const std::string& firstMissing() const { return m_firstMissing; }

private:
    void takeRow(const NamedTable& table, const Columns& columns, const Row& row, std::size_t number) {
        const std::string named = cellOf(row, columns.path), label = cellOf(row, columns.label),
                          at = "(row " + std::to_string(number) + ")";
        const auto path = resolved(*m_request.tree, named);
        if (!path) {
            if (m_missing++ == 0)
                m_firstMissing = named.substr(0, 200);
            problem(
                {"missing", named.substr(0, 200), "is in the table " + at + " but is not an image file next to it"});
            return;
        }
        if (label.empty()) {
            problem({"no_label", *path, "has no label " + at});
            return;
        }
        Sample sample{*path, -1, table.subset ? *table.subset : subsetOf(cellOf(row, columns.split)), 0};
        if (columns.group >= 0)
            sample.group = groupOf(cellOf(row, columns.group));
        m_dataset.hasValidation = m_dataset.hasValidation || sample.subset == Subset::Validation;
        m_dataset.samples.push_back(std::move(sample));
        m_labels.push_back(label);
    }
    std::uint32_t groupOf(const std::string& key) {
        if (key.empty())
            return kNoGroup;
        const auto [found, isNew] = m_groups.emplace(key, static_cast<std::uint32_t>(m_dataset.groups.size()));
        if (isNew)
            m_dataset.groups.push_back(key);
        return found->second;
    }
    void problem(DataProblem what) {
        if (++m_problems <= kMostProblems)
            m_dataset.problems.push_back(std::move(what));
    }

    const ReadRequest& m_request;
    Dataset& m_dataset;
    std::vector<std::string> m_labels; ///< of each sample
    std::map<std::string, std::uint32_t> m_groups;
    std::size_t m_problems = 0, m_missing = 0;
    std::string m_firstMissing;
};

} // namespace

bool isTableName(const std::string& name) {
    const std::string known = lowerCase(name);
    return known.ends_with(".csv") || known.ends_with(".tsv");
}

bool looksLikeTable(const ReadRequest& request) {
    if (!request.table.empty())
        return true;
    const std::vector<NamedTable> tables = tablesOf(request);
    if (tables.empty())
        return false;
    const auto opened = openTable(*request.tree, tables.front().path);
    if (!opened || opened->probe.size() < 2)
        return false;
    ReadRequest plain = request;
    plain.settings.table = {};
    plain.settings.group = {};
    const auto columns = columnsOf(plain, tables.front().path, opened->probe);
    if (!columns)
        return false;
    const std::size_t last =
        std::min<std::size_t>(opened->probe.size(), 20); // notes.csv beside class folders is no table of images
    return std::any_of(opened->probe.begin(), opened->probe.begin() + static_cast<std::ptrdiff_t>(last),
                       [&](const Row& row) { return resolved(*request.tree, cellOf(row, columns->path)).has_value(); });
}

Result<Dataset> readTable(const ReadRequest& request) {
    const std::vector<NamedTable> tables = tablesOf(request);
    if (tables.empty())
        return badInput(request.tree->shown("") +
                        " contains no table (.csv or .tsv), or more than one; open the table itself.");
    Dataset dataset;
    dataset.format = "csv";
    dataset.source = makeTreeSource(request.tree);
    TableRows rows(request, dataset);
    for (const NamedTable& table : tables) {
        const Result<void> taken = rows.take(table);
        if (!taken && table.subset == Subset::Test && taken.error().kind != ErrorKind::Cancelled)
            dataset.problems.push_back(
                {"no_label", table.path,
                 "is skipped: " + taken.error().message}); // a contest's test table has no labels
        else if (!taken)
            return taken.error();
    }
    if (dataset.samples.empty() && rows.missing() > 0)
        return badInput(request.tree->shown(tables.front().path) + " names " + std::to_string(rows.missing()) +
                        " images, but none of them exists; the first is " + rows.firstMissing() + ".");
    rows.number();
    // Rows keep their order within a class, as Keras' flow_from_dataframe keeps it.
    std::stable_sort(dataset.samples.begin(), dataset.samples.end(), [](const Sample& a, const Sample& b) {
        return std::tie(a.subset, a.label) < std::tie(b.subset, b.label);
    });
    return dataset;
}

} // namespace sightline
