// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/Importance.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "support/Random.h"

namespace sightline {

namespace {

constexpr std::size_t kTrees = 64;

/// Complete trials as a table: rows of values by column, and what came of them.
struct Table {
    std::vector<std::size_t> dimensions; ///< of each column: the place in the space
    std::vector<std::vector<double>> columns;
    std::vector<double> targets;
};

void addColumn(Table& table, const std::vector<const SearchTrial*>& trials, std::size_t dimension,
               const std::string& name, double absent) {
    std::vector<double> column;
    for (const SearchTrial* trial : trials) {
        const auto value = trial->point.find(name);
        column.push_back(value == trial->point.end() ? absent : value->second);
    }
    table.columns.push_back(std::move(column));
    table.dimensions.push_back(dimension);
}

Table tableOf(const SearchSpace& space, const std::vector<SearchTrial>& all) {
    std::vector<const SearchTrial*> trials;
    Table table;
    for (const SearchTrial& trial : all)
        if (trial.state == SearchTrial::State::Complete && trial.value) {
            trials.push_back(&trial);
            table.targets.push_back(*trial.value);
        }
    for (std::size_t i = 0; i < space.dimensions.size(); ++i) {
        const Dimension& dimension = space.dimensions[i];
        const double absent = dimension.each.low - 1; // a shorter list lacks the value: apart from all others
        if (!dimension.length) {
            addColumn(table, trials, i, dimension.path, absent);
            continue;
        }
        addColumn(table, trials, i, dimension.lengthName(), absent);
        for (std::size_t place = 0; place < static_cast<std::size_t>(dimension.length->high); ++place)
            addColumn(table, trials, i, dimension.nameOf(place), absent);
    }
    return table;
}

using Rows = std::vector<std::size_t>;

/// Sum of squares about the mean.
double spread(double sum, double squares, std::size_t count) {
    return count == 0 ? 0 : std::max(0.0, squares - sum * sum / static_cast<double>(count));
}

struct Split {
    double gain = 0;
    std::size_t column = 0;
    double below = 0; ///< values up to this go to one side
};

Split bestSplitOf(const Table& table, Rows rows, std::size_t column) {
    const std::vector<double>& values = table.columns[column];
    std::sort(rows.begin(), rows.end(), [&](std::size_t one, std::size_t other) {
        return values[one] != values[other] ? values[one] < values[other] : one < other;
    });
    double sum = 0, squares = 0;
    for (const std::size_t row : rows) {
        sum += table.targets[row];
        squares += table.targets[row] * table.targets[row];
    }
    const double whole = spread(sum, squares, rows.size());
    Split best;
    double leftSum = 0, leftSquares = 0;
    for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
        const double target = table.targets[rows[i]], here = values[rows[i]], next = values[rows[i + 1]];
        leftSum += target;
        leftSquares += target * target;
        if (here == next)
            continue;
        const double gain = whole - spread(leftSum, leftSquares, i + 1) -
                            spread(sum - leftSum, squares - leftSquares, rows.size() - i - 1);
        if (gain > best.gain)
            best = {gain, column, here};
    }
    return best;
}

/// Grows a tree and adds what each split takes off the spread to `gains`, by column.
void grow(const Table& table, Rows rows, std::vector<double>& gains) {
    if (rows.size() < 2)
        return;
    Split best;
    for (std::size_t column = 0; column < table.columns.size(); ++column)
        if (const Split split = bestSplitOf(table, rows, column); split.gain > best.gain)
            best = split;
    if (best.gain <= 0)
        return;
    gains[best.column] += best.gain;
    const auto middle = std::stable_partition(
        rows.begin(), rows.end(), [&](std::size_t row) { return table.columns[best.column][row] <= best.below; });
    grow(table, Rows(rows.begin(), middle), gains);
    grow(table, Rows(middle, rows.end()), gains);
}

} // namespace

std::map<std::string, double> importanceOf(const SearchSpace& space, const std::vector<SearchTrial>& trials) {
    const Table table = tableOf(space, trials);
    if (std::adjacent_find(table.targets.begin(), table.targets.end(), std::not_equal_to<>()) == table.targets.end())
        return {};
    std::vector<double> gains(table.columns.size(), 0.0);
    for (std::size_t tree = 0; tree < kTrees; ++tree) {
        CounterRandom random(1, RandomPurpose::Search, trials.size(), tree);
        Rows rows;
        for (std::size_t i = 0; i < table.targets.size(); ++i)
            rows.push_back(random.below(table.targets.size()));
        grow(table, std::move(rows), gains);
    }
    const double all = std::accumulate(gains.begin(), gains.end(), 0.0);
    if (all <= 0)
        return {};
    std::map<std::string, double> shares;
    for (std::size_t i = 0; i < gains.size(); ++i)
        shares[space.dimensions[table.dimensions[i]].path] += gains[i] / all;
    return shares;
}

} // namespace sightline
