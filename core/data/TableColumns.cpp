// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/TableColumns.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "data/FlagColumns.h"
#include "data/SplitWords.h"
#include "support/Unicode.h"
#include "support/Words.h"

namespace sightline {

namespace {

constexpr std::array kPathNames{"path",       "file", "filename",   "file_name", "filepath",   "image",
                                "image_path", "img",  "image_file", "image_id",  "image_name", "id"};
constexpr std::array kLabelNames{"label",  "class", "classname", "class_name", "category",
                                 "target", "y",     "species",   "diagnosis",  "defect"};
/// Parts of headings that labels have: "Image Label", "class_id", "breed".
constexpr std::array kLabelParts{"label", "class", "categor", "target",  "species", "diagnos",
                                 "breed", "dx",    "emotion", "disease", "truth"};
constexpr std::array kSplitNames{"split", "subset", "set",     "fold_name", "partition",
                                 "usage", "phase",  "dataset", "data_set"};
/// Those under which nothing but a split is expected.
constexpr std::array kSureSplitNames{"split", "subset", "partition", "set", "usage", "phase"};
constexpr std::size_t kMostSplitValues = 16;

template <std::size_t N>
int placeIn(const std::string& name, const std::array<const char*, N>& names) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

std::string listed(const TableColumns& columns) {
    std::string names;
    for (std::size_t i = 0; i < columns.heads.size() && names.size() < 500; ++i)
        names += (i > 0 ? ", " : "") + columns.heads[i].substr(0, 60);
    return names;
}

class ColumnChooser {
public:
    ColumnChooser(const ColumnRequest& request, const TableFacts& facts) : m_request(request), m_facts(facts) {}

    Result<TableColumns> choose() {
        const bool byNumber = settings().header == TableSettings::Header::No;
        for (std::size_t i = 0; i < m_facts.first.size(); ++i)
            m_columns.heads.push_back(byNumber ? std::to_string(i + 1) : composed(m_facts.first[i]));
        m_columns.hasHeader = !byNumber;
        if (const Result<void> taken = takeChosen(); !taken)
            return taken.error();
        const Result<void> path = choosePath();
        if (!path)
            return path.error();
        if (settings().header == TableSettings::Header::Auto)
            m_columns.hasHeader = !m_request.index.find(cell(m_columns.path), m_request.preferredFolder);
        if (!m_columns.hasHeader)
            for (std::size_t i = 0; i < m_columns.heads.size(); ++i)
                m_columns.heads[i] = std::to_string(i + 1);
        chooseSplit();
        const Result<void> label = chooseLabel();
        if (!label)
            return label.error();
        sayGuesses();
        sayNoClasses();
        saySplitNotUnderstood();
        return std::move(m_columns);
    }

private:
    const TableSettings& settings() const { return m_request.settings.table; }
    const ColumnFacts& facts(int column) const { return m_facts.columns[static_cast<std::size_t>(column)]; }
    const std::string& cell(int column) const { return m_facts.first[static_cast<std::size_t>(column)]; }
    const std::string& head(int column) const { return m_columns.heads[static_cast<std::size_t>(column)]; }
    std::string known(int column) const { return m_columns.hasHeader ? caseFolded(head(column)) : std::string(); }
    int count() const { return static_cast<int>(m_facts.columns.size()); }
    bool isTaken(int column) const {
        return column == m_columns.path || column == m_columns.split || column == m_columns.group;
    }

    /// The columns a person chose, by heading or by number from 1.
    Result<void> takeChosen() {
        for (const auto& [column, setting, name] :
             {std::tuple(&m_columns.path, "data.table.path_column", &settings().pathColumn),
              std::tuple(&m_columns.label, "data.table.label_column", &settings().labelColumn),
              std::tuple(&m_columns.split, "data.table.split_column", &settings().splitColumn),
              std::tuple(&m_columns.group, "data.group.column", &m_request.settings.group.column)}) {
            if (name->empty())
                continue;
            *column = numbered(*name);
            for (int i = count() - 1; m_columns.hasHeader && i >= 0; --i)
                if (head(i) == composed(trimmed(*name)))
                    *column = i;
            m_hasNoSplit = m_hasNoSplit || (*column < 0 && column == &m_columns.split && *name == kNoColumn);
            if (*column < 0 && !m_hasNoSplit)
                return badInput(std::string(setting) + ": " + m_request.tree.shown(m_request.table) +
                                " has no column '" + *name + "'; it has: " + listed(m_columns) + ".");
        }
        return {};
    }

    int numbered(const std::string& name) const {
        if (name.size() >= 5 || name.find_first_not_of("0123456789") != std::string::npos)
            return -1;
        const int number = std::stoi(name);
        return number >= 1 && number <= count() ? number - 1 : -1;
    }

    /// The column whose cells name most files; of several, one with a heading for it.
    Result<void> choosePath() {
        if (m_columns.path >= 0)
            return {};
        std::size_t most = 0;
        for (int i = 0; i < count(); ++i)
            most = std::max(most, facts(i).files);
        const auto better = [&](int a, int b) {
            const auto rank = [&](int i) {
                const int place = placeIn(known(i), kPathNames);
                const bool isMany = facts(i).files * 2 >= most;
                return std::tuple(!isMany, isMany && place >= 0 ? place : 100, most - facts(i).files, i);
            };
            return rank(a) < rank(b);
        };
        for (int i = 0; i < count(); ++i)
            if (i != m_columns.label && i != m_columns.split && (m_columns.path < 0 || better(i, m_columns.path)))
                m_columns.path = i;
        if (m_columns.path >= 0 && (facts(m_columns.path).files > 0 || placeIn(known(m_columns.path), kPathNames) >= 0))
            return {};
        return badInput(
            m_request.tree.shown(m_request.table) +
            " has no column of image paths (path, file, filename, image ...), and no cell of its rows names "
            "an image next to it; it has: " +
            listed(m_columns) + ". Choose one with data.table.path_column.");
    }

    std::map<std::string, Subset> subsetsIn(int column, const std::string& heading) const {
        const auto& values = facts(column).values;
        if (values.size() > kMostSplitValues && m_request.settings.splitWords.empty())
            return {};
        return subsetsOfCells({values.begin(), values.end()}, heading, m_request.settings.splitWords);
    }

    /// A column all of whose values mean a subset, train among them; under a heading for it some will do, and numbers.
    void chooseSplit() {
        if (m_hasNoSplit)
            return;
        if (m_columns.split >= 0) {
            m_columns.subsets = subsetsIn(m_columns.split, known(m_columns.split));
            return;
        }
        if (takeSplitOfWords())
            return;
        for (int i = 0; i < count(); ++i) {
            if (isTaken(i) || i == m_columns.label)
                continue;
            const auto meanings = subsetsIn(i, known(i));
            const bool hasTrain = std::any_of(meanings.begin(), meanings.end(),
                                              [](const auto& value) { return value.second == Subset::Train; });
            const bool isNamed = placeIn(known(i), kSplitNames) >= 0;
            const bool byFlag = facts(i).isNumber || !subsetNamed(meanings.empty() ? "" : meanings.begin()->first,
                                                                  m_request.settings.splitWords);
            const bool isFlagName =
                subsetNamed(known(i).starts_with("is") ? known(i).substr(2) : known(i), m_request.settings.splitWords)
                    .has_value();
            const bool isWhole = meanings.size() == facts(i).values.size() && hasTrain;
            if (meanings.empty() || (!isNamed && !(isWhole && (!byFlag || isFlagName))))
                continue;
            if (!isNamed && meanings.size() < 2)
                continue;
            m_columns.split = i;
            m_columns.subsets = meanings;
            if (isNamed)
                return;
        }
    }

    /// The column that holds most of a person's words for splits; of several, one with a heading for it.
    bool takeSplitOfWords() {
        const SplitWords& words = m_request.settings.splitWords;
        std::tuple<std::size_t, bool, bool> best(0, false, false);
        for (int i = 0; i < count(); ++i) {
            if (isTaken(i) || i == m_columns.label)
                continue;
            const auto& values = facts(i).values;
            const auto held = static_cast<std::size_t>(std::count_if(
                values.begin(), values.end(), [&](const std::string& value) { return isWord(value, words); }));
            const std::tuple rank(held, placeIn(known(i), kSplitNames) >= 0, headingRank(i) == 0);
            if (held == 0 || rank <= best)
                continue;
            best = rank;
            m_columns.split = i;
        }
        if (m_columns.split >= 0)
            m_columns.subsets = subsetsIn(m_columns.split, known(m_columns.split));
        return m_columns.split >= 0;
    }

    /// 0 = no heading for a label; the more, the surer.
    int headingRank(int column) const {
        const std::string name = known(column);
        if (const int place = placeIn(name, kLabelNames); place >= 0)
            return 100 - place;
        const bool hasPart = std::any_of(kLabelParts.begin(), kLabelParts.end(), [&](const char* part) {
            return std::string_view(part) == "dx" ? name == part : name.find(part) != std::string::npos;
        });
        return hasPart ? 10 : 0;
    }

    /// Labels repeat: at least two of them, each twice on average.
    bool isPlausible(int column) const {
        const ColumnFacts& held = facts(column);
        return !held.hasMoreValues && held.values.size() > 1 && held.values.size() * 2 <= m_facts.rows &&
               !(held.isNumber && held.isFraction && held.values.size() > kMostSplitValues);
    }

    Result<void> chooseLabel() {
        if (m_columns.label >= 0)
            return {};
        const auto rank = [&](int i) {
            return std::tuple(!isPlausible(i), -headingRank(i), isPlausible(i) && facts(i).isNumber, i);
        };
        for (int i = 0; i < count(); ++i)
            if (!isTaken(i) && (m_columns.label < 0 || rank(i) < rank(m_columns.label)))
                m_columns.label = i;
        if (m_columns.label < 0)
            return badInput(
                m_request.tree.shown(m_request.table) +
                " has no column of labels (label, class, category, target ...); it has: " + listed(m_columns) +
                (m_columns.split >= 0 && settings().splitColumn.empty()
                     ? ". Column '" + shown(head(m_columns.split)) +
                           "' is taken as the split; data.table.label_column can say that it is the label."
                     : ". Choose one with data.table.label_column."));
        const bool isSure =
            isPlausible(m_columns.label) && headingRank(m_columns.label) > 0 && !facts(m_columns.label).isBinary;
        if (m_columns.hasHeader && !isSure)
            chooseOneHot();
        return {};
    }

    /// Columns of 0 and 1 instead of a label.
    void chooseOneHot() {
        std::vector<int> binary;
        for (int i = 0; i < count(); ++i)
            if (!isTaken(i) && facts(i).isBinary && facts(i).filled > 0)
                binary.push_back(i);
        const bool hasText = isPlausible(m_columns.label) && !facts(m_columns.label).isNumber;
        m_flags = flagColumns(m_request.text, m_facts, std::move(binary), hasText ? 3 : 2, m_request.stop);
        if (m_flags.oneHot.empty())
            return;
        m_columns.oneHot = m_flags.oneHot;
        m_columns.label = -1;
    }

    /// Everything that was decided here, or nothing where headings leave no doubt.
    void sayGuesses() {
        int fileColumns = 0, labelColumns = 0;
        for (int i = 0; i < count(); ++i) {
            fileColumns += facts(i).files > 0 ? 1 : 0;
            labelColumns += !isTaken(i) && isPlausible(i) && headingRank(i) > 0 ? 1 : 0;
        }
        const bool isPlain =
            m_columns.hasHeader && placeIn(known(m_columns.path), kPathNames) >= 0 && fileColumns <= 1 &&
            labelColumns <= 1 && m_columns.oneHot.empty() && m_columns.label >= 0 &&
            placeIn(known(m_columns.label), kLabelNames) >= 0 &&
            (m_columns.split < 0 || (known(m_columns.split) == "split" && !facts(m_columns.split).isNumber));
        if (isPlain)
            return;
        if (settings().pathColumn.empty())
            m_columns.guesses.push_back({"path_column", head(m_columns.path),
                                         "its cells name " + grouped(facts(m_columns.path).files) + " of the " +
                                             grouped(m_request.index.size()) + " images next to the table"});
        if (!m_columns.oneHot.empty()) {
            std::vector<std::string> names;
            for (const int column : m_columns.oneHot)
                names.push_back(head(column));
            m_columns.guesses.push_back({"label_column", sightline::listed(names, 20),
                                         "exactly one of these " + std::to_string(names.size()) + " columns is 1 in " +
                                             grouped(m_flags.rowsWithOne) + " of " + grouped(m_facts.rows) + " rows"});
        } else if (settings().labelColumn.empty())
            m_columns.guesses.push_back(
                {"label_column", head(m_columns.label),
                 grouped(facts(m_columns.label).values.size()) +
                     (facts(m_columns.label).hasMoreValues ? " or more" : "") +
                     (facts(m_columns.label).values.size() == 1 ? " distinct value in " : " distinct values in ") +
                     grouped(m_facts.rows) + (m_facts.rows == 1 ? " row" : " rows")});
        if (m_columns.split >= 0 && settings().splitColumn.empty()) {
            std::string meanings;
            for (const auto& [value, subset] : m_columns.subsets)
                meanings += (meanings.empty() ? "" : ", ") + shown(value) + " as " + nameOf(subset);
            m_columns.guesses.push_back({"split_column", head(m_columns.split), "its values are " + meanings});
        }
    }

    std::string namesOf(const std::vector<int>& columns) const {
        std::vector<std::string> names;
        for (const int column : columns)
            names.push_back(head(column));
        return sightline::listed(names, 6);
    }

    /// Several labels an image, or numbers: no classes.
    void sayNoClasses() {
        const int label = m_columns.label;
        if (label < 0)
            return;
        const std::string alone = "; column '" + shown(head(label)) +
                                  "' alone is taken as the label, and data.table.label_column can name another";
        if (facts(label).isBinary && m_flags.rowsWithSeveral > 0)
            m_columns.problems.push_back({"not_classes",
                                          {},
                                          "columns " + namesOf(m_flags.all) + " hold 0 and 1, and " +
                                              grouped(m_flags.rowsWithSeveral) + " of " + grouped(m_facts.rows) +
                                              " rows have more than one 1: these are several labels of an image, not "
                                              "classes of which it has one" +
                                              alone});
        if (!facts(label).isNumber || !facts(label).isFraction || isPlausible(label))
            return;
        std::vector<int> fractions;
        for (int i = 0; i < count(); ++i)
            if (!isTaken(i) && facts(i).isNumber && facts(i).isFraction)
                fractions.push_back(i);
        m_columns.problems.push_back({"not_classes",
                                      {},
                                      (fractions.size() == 1 ? "column " : "columns ") + namesOf(fractions) +
                                          (fractions.size() == 1 ? " holds" : " hold") +
                                          " fractions: these are numbers, not classes, and each number becomes one" +
                                          alone});
    }

    /// A column headed "split" whose values are A and B.
    void saySplitNotUnderstood() {
        if (m_hasNoSplit || m_columns.split >= 0)
            return;
        for (int i = 0; i < count(); ++i) {
            const bool isNamed = placeIn(known(i), kSureSplitNames) >= 0;
            const std::vector<std::string> values(facts(i).values.begin(), facts(i).values.end());
            if (!isNamed || isTaken(i) || i == m_columns.label || values.empty())
                continue;
            m_columns.problems.push_back({"unknown_split",
                                          {},
                                          "column '" + shown(head(i)) + "' is not understood: " +
                                              (values.size() == 1 ? "its one value is " : "its values are ") +
                                              (values.size() <= 5 ? enumerated(values) : sightline::listed(values, 4)) +
                                              "; data.split_words can say which of them is train, val and test"});
        }
    }

    const ColumnRequest& m_request;
    const TableFacts& m_facts;
    TableColumns m_columns;
    FlagColumns m_flags;
    bool m_hasNoSplit = false; ///< a person said so
};

} // namespace

Result<TableColumns> tableColumns(const ColumnRequest& request, const TableFacts& facts) {
    return ColumnChooser(request, facts).choose();
}

} // namespace sightline
