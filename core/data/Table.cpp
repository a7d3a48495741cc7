// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>
#include <set>

#include "data/ClassNames.h"
#include "data/ImageNames.h"
#include "data/SplitWords.h"
#include "data/TableFiles.h"
#include "support/Unicode.h"
#include "support/Words.h"

namespace sightline {

namespace {

constexpr std::size_t kMostRows = 20'000'000, kMostProblems = 1000;

using Row = std::vector<std::string>;

/// What the tables say, before classes are numbered.
class TableRows {
public:
    TableRows(const ReadRequest& request, Dataset& dataset)
        : m_request(request), m_dataset(dataset), m_index(indexOf(request)) {}

    Result<void> take(const NamedTable& table) {
        ReadRequest request = m_request;
        if (!m_labelHead.empty()) // what train says holds for val and test
            request.settings.table.labelColumn = m_labelHead;
        const auto opened = openTable(request, table);
        if (!opened)
            return opened.error();
        const TableColumns& columns = opened->columns;
        if (m_labels.empty() && columns.label >= 0 && columns.hasHeader)
            m_labelHead = columns.heads[static_cast<std::size_t>(columns.label)];
        if (opened->text.wasWindows1252)
            m_dataset.problems.push_back({"encoding", table.path, "is not UTF-8 and is read as Windows-1252"});
        for (const Guess& guess : columns.guesses)
            if (std::find(m_dataset.guesses.begin(), m_dataset.guesses.end(), guess) == m_dataset.guesses.end())
                m_dataset.guesses.push_back(guess);
        m_dataset.problems.insert(m_dataset.problems.end(), columns.problems.begin(), columns.problems.end());
        for (const int column : columns.oneHot)
            m_further.push_back(columns.heads[static_cast<std::size_t>(column)]);
        m_splitNames.insert(m_splitNames.end(), opened->splitValues.begin(), opened->splitValues.end());
        m_folder = folderFor(m_request, table.subset);
        CsvReader reader = opened->text.rows();
        std::size_t number = 0;
        for (Row row; reader.next(row);) {
            if (++number == 1 && columns.hasHeader)
                continue;
            if (number > kMostRows)
                return badInput(m_request.tree->shown(table.path) + " has more than " + std::to_string(kMostRows) +
                                " rows.");
            if (m_request.stop.stop_requested())
                return cancelled();
            if (reader.hasUnclosedQuote())
                problem({"unclosed_quote",
                         {},
                         "a quote opened in row " + std::to_string(number) + " of " + table.path +
                             " is never closed, so this row is skipped"});
            else
                takeRow(table, columns, row, number);
            if (m_request.progress && number % 1024 == 0)
                m_request.progress(m_dataset.samples.size(), 0);
        }
        return {};
    }

    /// Labels become numbers in the order of their names; those that train lacks stay unknown.
    void number() {
        const auto unknown = numberClasses(m_dataset, m_labels, m_further, m_request.settings.table.mergeAlikeLabels);
        for (const std::size_t i : unknown)
            problem({"unknown_class", m_dataset.samples[i].path,
                     "is of the class " + m_labels[i] + ", which is not in train"});
        const auto counts = m_dataset.countsPerClass(Subset::Train);
        for (std::size_t i = 0; i < counts.size(); ++i)
            if (counts[i] == 0)
                m_dataset.problems.push_back({"empty_class", m_dataset.classes[i], "has no images"});
        sayCounts();
    }

    /// What a person's words for splits may name.
    const std::vector<std::string>& splitNames() const { return m_splitNames; }
    std::size_t missing() const { return m_missing; }
    const std::string& firstMissing() const { return m_firstMissing; }

private:
    static std::string cellOf(const Row& row, int column) {
        return column >= 0 && static_cast<std::size_t>(column) < row.size() ? row[static_cast<std::size_t>(column)]
                                                                            : std::string();
    }

    /// The file a cell names; outside the table's folder only as the cell says it.
    std::optional<std::string> fileOf(const std::string& cell) {
        if (const auto match = m_index.find(cell, m_folder)) {
            m_caseDiffers += match->onlyCaseDiffers ? 1 : 0;
            m_ambiguous += match->isAmbiguous ? 1 : 0;
            return m_index.path(match->file);
        }
        if ((cell.starts_with('/') || cell.starts_with("../")) && cell.size() < 4096 && namesImage(fileName(cell)) &&
            cell.find('\0') == std::string::npos && m_request.tree->isFile(cell))
            return cell;
        return std::nullopt;
    }

    void takeRow(const NamedTable& table, const TableColumns& columns, const Row& row, std::size_t number) {
        const std::string named = cellOf(row, columns.path), at = "(row " + std::to_string(number) + ")";
        const auto path = fileOf(named);
        if (!path) {
            if (m_missing++ == 0)
                m_firstMissing = named.substr(0, 200);
            problem(
                {"missing", named.substr(0, 200), "is in the table " + at + " but is not an image file next to it"});
            return;
        }
        const std::string label = labelOf(columns, row, *path, at);
        if (label.empty())
            return;
        const auto subset = table.subset ? table.subset : subsetOf(columns, row);
        if (!subset)
            return;
        Sample sample{*path, -1, *subset, 0};
        if (columns.group >= 0)
            sample.group = groupOf(cellOf(row, columns.group));
        m_dataset.hasValidation = m_dataset.hasValidation || sample.subset == Subset::Validation;
        const auto [first, isNew] = m_seen.emplace(*path, m_labels.size());
        if (!isNew) {
            ++m_repeated;
            m_contradicting += m_labels[first->second] == label ? 0 : 1;
        }
        m_dataset.samples.push_back(std::move(sample));
        m_labels.push_back(label);
    }

    /// Empty, and said, where the row has none.
    std::string labelOf(const TableColumns& columns, const Row& row, const std::string& path, const std::string& at) {
        if (columns.oneHot.empty()) {
            std::string label = composed(cellOf(row, columns.label));
            if (label.empty())
                problem({"no_label", path, "has no label " + at});
            if (isMissingValue(label)) {
                problem({"no_label", path, "has no label: '" + label + "' means none " + at + "; it is skipped"});
                return {};
            }
            if (label.find_first_of("\r\n") != std::string::npos)
                problem({"line_break", path, "has a line break in its label, '" + shown(label) + "' " + at});
            return label;
        }
        std::string label;
        for (const int column : columns.oneHot) {
            if (!binaryCell(cellOf(row, column)).value_or(false))
                continue;
            const std::string& name = columns.heads[static_cast<std::size_t>(column)];
            if (!label.empty()) {
                problem(
                    {"several_labels", path, "is " + label + " and " + name + " at once " + at + " and is skipped"});
                return {};
            }
            label = name;
        }
        if (label.empty())
            problem({"no_label", path, "has no 1 in any class's column " + at});
        return label;
    }

    std::optional<Subset> subsetOf(const TableColumns& columns, const Row& row) {
        if (columns.split < 0)
            return Subset::Train;
        const std::string word = cellOf(row, columns.split);
        if (const auto known = columns.subsets.find(word); known != columns.subsets.end())
            return known->second;
        ++m_unknownWords[word];
        if (word.empty())
            return Subset::Train;
        return std::nullopt;
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

    /// What concerns many rows is said once.
    void sayCounts() {
        const auto say = [&](const char* kind, std::size_t count, const char* one, const std::string& message) {
            if (count > 0)
                m_dataset.problems.push_back(
                    {kind, {}, grouped(count) + " " + one + (count == 1 ? "" : "s") + " " + message});
        };
        say("name_case", m_caseDiffers, "name",
            std::string("in the table ") +
                (m_caseDiffers == 1 ? "differs from that of its file" : "differ from those of their files") +
                " in case");
        say("ambiguous_file", m_ambiguous, "name",
            std::string("in the table ") + (m_ambiguous == 1 ? "fits" : "fit") +
                " several images in different folders; the first in order is used");
        say("repeated_image", m_repeated, "row",
            m_repeated == 1
                ? std::string("names an image that another row names, with ") +
                      (m_contradicting == 1 ? "another label" : "the same label")
                : "name an image that another row names, " + grouped(m_contradicting) + " of them with another label");
        std::size_t said = 0;
        for (const auto& [word, count] : m_unknownWords)
            if (word.empty())
                say("no_split", count, "row",
                    count == 1 ? "has an empty cell for the split; it counts as train"
                               : "have an empty cell for the split; they count as train");
            else if (++said <= 20)
                m_dataset.problems.push_back(
                    {"unknown_split", word.substr(0, 200),
                     "stands for the split in " + grouped(count) + (count == 1 ? " row" : " rows") +
                         " but means neither train, val nor test, so " + (count == 1 ? "it is" : "they are") +
                         " skipped; data.split_words can say what it means"});
        if (m_problems > kMostProblems)
            m_dataset.problems.push_back({"more",
                                          {},
                                          counted(m_problems - kMostProblems, "more row") +
                                              (m_problems - kMostProblems == 1 ? " has problems" : " have problems")});
    }

    const ReadRequest& m_request;
    Dataset& m_dataset;
    const FileIndex& m_index;
    std::vector<std::string> m_labels;  ///< of each sample
    std::vector<std::string> m_further; ///< classes of a one-hot table
    std::vector<std::string> m_splitNames;
    std::string m_labelHead, m_folder;
    std::map<std::string, std::uint32_t> m_groups;
    std::map<std::string, std::size_t> m_unknownWords;
    std::unordered_map<std::string, std::size_t> m_seen;
    std::size_t m_problems = 0, m_missing = 0, m_caseDiffers = 0, m_ambiguous = 0, m_repeated = 0, m_contradicting = 0;
    std::string m_firstMissing;
};

/// Tables beside those that are read.
void reportOtherTables(const ReadRequest& request, const std::vector<NamedTable>& read, Dataset& dataset) {
    if (!request.table.empty())
        return;
    for (const NamedTable& table : allTables(request))
        if (std::none_of(read.begin(), read.end(), [&](const NamedTable& one) { return one.path == table.path; }))
            dataset.problems.push_back({"ignored_table", table.path, "is another table and is not read"});
}

/// Why no row is for training.
std::string whyNone(const std::vector<std::string>& splitValues) {
    if (splitValues.empty())
        return "none has a label and names an image";
    return "none of the values of its column for the split (" + listed(splitValues) +
           ") means train; data.split_words can say which does";
}

} // namespace

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
    reportOtherTables(request, tables, dataset);
    std::vector<std::string> splitNames = rows.splitNames();
    for (const NamedTable& table : allTables(request))
        splitNames.push_back(table.path.substr(0, table.path.rfind('.')));
    for (DataProblem& problem : unknownWords(splitNames, request.settings.splitWords))
        dataset.problems.push_back(std::move(problem));
    if (dataset.samples.empty() && rows.missing() > 0)
        return badInput(request.tree->shown(tables.front().path) + " names " + std::to_string(rows.missing()) +
                        " images, but none of them exists; the first is " + rows.firstMissing() + ".");
    if (dataset.count(Subset::Train) == 0)
        return badInput(request.tree->shown(tables.front().path) +
                        " has no row for training: " + whyNone(rows.splitNames()) + ".");
    rows.number();
    // Rows keep their order within a class, as Keras' flow_from_dataframe keeps it.
    std::stable_sort(dataset.samples.begin(), dataset.samples.end(), [](const Sample& a, const Sample& b) {
        return std::tie(a.subset, a.label) < std::tie(b.subset, b.label);
    });
    return dataset;
}

} // namespace sightline
