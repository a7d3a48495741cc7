// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/TablePreview.h"

#include <algorithm>

#include "data/SplitWords.h"
#include "data/TableFiles.h"
#include "support/Unicode.h"

namespace sightline {

namespace {

constexpr std::size_t kMostSplitValues = 16; ///< as in TableColumns

/// The table that was opened itself; empty where a folder or an archive was.
std::string openedTable(const DataSettings& settings) {
    const std::filesystem::path path(settings.path);
    const std::string name = path.filename().string();
    std::error_code code;
    const bool isTable = isTableName(name) || settings.format == "csv";
    return isTable && std::filesystem::is_regular_file(path, code) ? name : std::string();
}

/// As settings name a column.
std::string nameOf(const TablePreview& preview, int column) {
    const auto& heads = preview.heads;
    const std::string& head = heads[static_cast<std::size_t>(column)];
    const bool isFirst = std::find(heads.begin(), heads.end(), head) == heads.begin() + column;
    return !preview.hasHeader || head.empty() || !isFirst ? std::to_string(column + 1) : head;
}

} // namespace

Result<TablePreview> previewTable(const Dataset& dataset, const DataSettings& settings, std::size_t mostRows,
                                  std::stop_token stop) {
    const FileTree* files = dataset.source->files();
    if (!files)
        return badInput(dataset.root.string() + " was not read from a table.");
    const ReadRequest request{.tree = FileTreePtr(dataset.source, files),
                              .settings = settings,
                              .table = openedTable(settings),
                              .stop = stop,
                              .progress = {}};
    const std::vector<NamedTable> tables = tablesOf(request);
    if (tables.empty())
        return badInput(dataset.root.string() + " was not read from a table.");
    const Result<OpenTable> opened = openTable(request, tables.front());
    if (!opened)
        return opened.error();
    const TableColumns& columns = opened->columns;
    TablePreview preview{.table = tables.front().path,
                         .hasHeader = columns.hasHeader,
                         .heads = columns.heads,
                         .rows = {},
                         .rowCount = opened->rows + (columns.hasHeader ? 0 : 1),
                         .path = columns.path,
                         .label = columns.label,
                         .split = columns.split,
                         .oneHot = columns.oneHot,
                         .values = {}};
    const auto facts = request.known->tables.find({preview.table, folderFor(request, tables.front().subset)});
    for (std::size_t i = 0; facts != request.known->tables.end() && i < preview.heads.size(); ++i) {
        std::set<std::string> values = facts->second.columns[i].values;
        if (!columns.hasHeader)
            values.insert(facts->second.first[i]);
        values.erase(std::string()); // an empty cell means nothing
        preview.values.emplace_back();
        if (values.size() <= kMostSplitValues)
            preview.values.back().assign(values.begin(), values.end());
    }
    CsvReader reader = opened->text.rows();
    std::vector<std::string> row;
    if (columns.hasHeader)
        reader.next(row);
    while (preview.rows.size() < mostRows && reader.next(row))
        preview.rows.push_back(row);
    return preview;
}

std::vector<SplitFolder> splitValues(const TablePreview& preview, int column, const SplitWords& words) {
    const auto at = static_cast<std::size_t>(column);
    if (at >= preview.values.size())
        return {};
    const auto meanings =
        subsetsOfCells(preview.values[at], preview.hasHeader ? caseFolded(preview.heads[at]) : std::string(), words);
    std::vector<SplitFolder> values;
    for (const std::string& value : preview.values[at]) {
        const auto meaning = meanings.find(value);
        values.push_back({value, meaning == meanings.end() ? std::nullopt : std::optional(meaning->second), 0, {}});
    }
    return values;
}

TableSettings takingColumns(const TablePreview& preview, TableSettings settings, int path, int label, int split) {
    if (!preview.hasHeader)
        settings.header = TableSettings::Header::No;
    settings.pathColumn = nameOf(preview, path);
    settings.labelColumn = label < 0 ? std::string() : nameOf(preview, label);
    settings.splitColumn = split < 0 ? std::string(kNoColumn) : nameOf(preview, split);
    return settings;
}

} // namespace sightline
