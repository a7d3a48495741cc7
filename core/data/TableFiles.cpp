// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/TableFiles.h"

#include <algorithm>

#include "data/FolderLayout.h"
#include "data/ImageNames.h"
#include "data/SplitWords.h"

namespace sightline {

namespace {

constexpr std::size_t kMostCompared = 16;

/// The tables of a folder, and those of them whose names are a split's.
struct FoundTables {
    std::vector<NamedTable> all, split;
};

FoundTables tablesIn(const ReadRequest& request) {
    FoundTables found;
    std::vector<std::string> stems;
    for (const FileTree::Entry& entry : request.tree->entries("")) {
        if (entry.isFolder || !isTableName(entry.name) || entry.name == "boxes.csv")
            continue;
        found.all.push_back({entry.name});
        stems.push_back(entry.name.substr(0, entry.name.rfind('.')));
    }
    const auto subsets = subsetsOf(stems, request.settings.splitWords);
    for (std::size_t i = 0; i < stems.size(); ++i)
        if (subsets[i])
            found.split.push_back({found.all[i].path, subsets[i]});
    std::stable_sort(found.split.begin(), found.split.end(),
                     [](const NamedTable& a, const NamedTable& b) { return *a.subset < *b.subset; });
    return found;
}

const TableFacts& factsOf(const ReadRequest& request, const std::string& table, const TableText& text,
                          const std::string& folder) {
    auto& known = request.known->tables;
    const std::pair key(table, folder);
    if (const auto facts = known.find(key); facts != known.end())
        return facts->second;
    return known.emplace(key, tableFacts(text, indexOf(request), folder, request.stop)).first->second;
}

/// Whether a cell of the first rows ends like an image's file.
bool namesAnyImage(const ReadRequest& request, const NamedTable& table) {
    constexpr int kLooked = 20;
    const auto text = readTableText(*request.tree, table.path);
    if (!text)
        return false;
    CsvReader reader = text->rows();
    std::vector<std::string> row;
    for (int i = 0; i < kLooked && reader.next(row); ++i)
        if (std::any_of(row.begin(), row.end(),
                        [](const std::string& cell) { return namesImage(fileName(cell.substr(0, cell.find('?')))); }))
            return true;
    return false;
}

/// How many images a table names, with no setting that may not fit it.
std::size_t imagesNamed(const ReadRequest& request, const NamedTable& table) {
    ReadRequest plain = request;
    plain.settings.table = {};
    plain.settings.group = {};
    const auto opened = openTable(plain, table);
    return opened ? opened->images : 0;
}

} // namespace

std::string folderFor(const ReadRequest& request, std::optional<Subset> subset) {
    if (!subset)
        return {};
    for (const FileTree::Entry& entry : request.tree->entries(""))
        if (entry.isFolder && subsetNamed(entry.name, request.settings.splitWords) == subset)
            return entry.name;
    return {};
}

Result<OpenTable> openTable(const ReadRequest& request, const NamedTable& table) {
    auto text = readTableText(*request.tree, table.path);
    if (!text)
        return text.error();
    const std::string folder = folderFor(request, table.subset);
    const TableFacts& facts = factsOf(request, table.path, *text, folder);
    if (request.stop.stop_requested())
        return cancelled();
    auto columns = tableColumns({.tree = *request.tree,
                                 .index = indexOf(request),
                                 .table = table.path,
                                 .text = *text,
                                 .settings = request.settings,
                                 .preferredFolder = folder,
                                 .stop = request.stop},
                                facts);
    if (!columns)
        return columns.error();
    std::vector<std::string> splitValues;
    if (const auto split = static_cast<std::size_t>(columns->split); columns->split >= 0) {
        splitValues.assign(facts.columns[split].values.begin(), facts.columns[split].values.end());
        if (!columns->hasHeader)
            splitValues.push_back(facts.first[split]);
    }
    return OpenTable{std::move(*text), facts.rows, facts.columns[static_cast<std::size_t>(columns->path)].files,
                     std::move(*columns), std::move(splitValues)};
}

std::vector<NamedTable> tablesOf(const ReadRequest& request) {
    if (!request.table.empty())
        return {{request.table}};
    FoundTables found = tablesIn(request);
    if (found.all.size() <= 1)
        return found.all;
    if (!found.split.empty() && found.split.front().subset == Subset::Train)
        return found.split;
    const NamedTable* best = nullptr;
    std::size_t most = 0;
    for (std::size_t i = 0; i < std::min(found.all.size(), kMostCompared); ++i)
        if (const std::size_t images = imagesNamed(request, found.all[i]); images > most) {
            best = &found.all[i];
            most = images;
        }
    return best ? std::vector{*best} : std::vector<NamedTable>();
}

std::vector<NamedTable> allTables(const ReadRequest& request) {
    return tablesIn(request).all;
}

namespace {

/// Why a table is of no use, as the end of a sentence; empty: it could be used, or says nothing of images.
std::string faultOf(const ReadRequest& request, const NamedTable& table, bool isClassLevel) {
    ReadRequest plain = request;
    plain.settings.table = {};
    plain.settings.group = {};
    const auto opened = openTable(plain, table);
    if (!opened) {
        const std::string name = request.tree->shown(table.path) + " ";
        const std::string& message = opened.error().message;
        std::string reason = message.starts_with(name) ? message.substr(name.size()) : message;
        if (reason.ends_with('.'))
            reason.pop_back();
        return isClassLevel && !namesAnyImage(request, table) ? std::string() : reason;
    }
    if (opened->images > 0 || (isClassLevel && !namesAnyImage(request, table)))
        return {};
    return "none of the images that its column '" +
           shown(opened->columns.heads[static_cast<std::size_t>(opened->columns.path)]) + "' names is here";
}

/// A list such as "img/0.png 3" in a .txt file.
bool isListOfImages(const ReadRequest& request, const std::string& name) {
    constexpr std::uintmax_t kLargestList = std::uintmax_t{64} << 20;
    const auto text = lowerCase(name).ends_with(".txt") ? request.tree->read(name, kLargestList) : badInput({});
    if (!text)
        return false;
    std::string first = text->substr(0, text->find_first_of("\r\n"));
    const std::size_t end = first.find_first_of(" \t,;|");
    if (end == std::string::npos)
        return false;
    first.erase(end);
    return namesImage(fileName(first)) && indexOf(request).find(first).has_value();
}

} // namespace

std::vector<DataProblem> unusedTables(const ReadRequest& request) {
    std::vector<DataProblem> problems;
    const bool classLevel = isClassLevel(*request.tree, request.settings.splitWords);
    const std::vector<NamedTable> tables = allTables(request);
    for (std::size_t i = 0; i < std::min(tables.size(), kMostCompared); ++i)
        if (const std::string fault = faultOf(request, tables[i], classLevel); !fault.empty())
            problems.push_back({"unused_table", tables[i].path, "is a table, but " + fault});
    for (const FileTree::Entry& entry : request.tree->entries(""))
        if (!entry.isFolder && isListOfImages(request, entry.name))
            problems.push_back({"unused_table", entry.name,
                                "lists images, but is not used: write it as a table (.csv) with headings, path and "
                                "label, and a comma between them"});
    return problems;
}

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
    const std::size_t images = imagesNamed(request, tables.front());
    // notes.csv beside class folders is no table of images, nor is a list of a few of them
    return images > 0 && (images * 2 >= indexOf(request).size() || tables.size() > 1 ||
                          !isClassLevel(*request.tree, request.settings.splitWords));
}

} // namespace sightline
