// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/FlagColumns.h"

#include <algorithm>

namespace sightline {

namespace {

using Columns = std::vector<int>;

/// How many rows have exactly one 1, and how many more than one.
struct Ones {
    std::size_t one = 0, several = 0;
};

Columns longestRun(const Columns& columns) {
    Columns longest, run;
    for (const int column : columns) {
        if (!run.empty() && run.back() + 1 != column)
            run.clear();
        run.push_back(column);
        if (run.size() > longest.size())
            longest = run;
    }
    return longest;
}

std::vector<Columns> candidatesOf(const Columns& binary) {
    constexpr std::size_t kMostLeftOut = 200;
    std::vector<Columns> candidates;
    if (binary.size() >= 2)
        candidates.push_back(binary);
    if (const Columns run = longestRun(binary); run.size() >= 2 && run.size() < binary.size())
        candidates.push_back(run);
    for (std::size_t leftOut = 0; binary.size() >= 3 && binary.size() <= kMostLeftOut && leftOut < binary.size();
         ++leftOut) {
        Columns rest = binary;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(leftOut));
        candidates.push_back(std::move(rest));
    }
    return candidates;
}

std::vector<Ones> onesOf(const TableText& text, std::size_t columns, const std::vector<Columns>& candidates,
                         const std::stop_token& stop) {
    std::vector<Ones> ones(candidates.size());
    if (candidates.empty())
        return ones;
    CsvReader reader = text.rows();
    std::vector<std::string> row;
    reader.next(row);
    std::vector<unsigned char> is;
    while (!stop.stop_requested() && reader.next(row)) {
        is.assign(columns, 0);
        for (std::size_t i = 0; i < std::min(row.size(), is.size()); ++i)
            is[i] = binaryCell(row[i]).value_or(false) ? 1 : 0;
        for (std::size_t c = 0; c < candidates.size(); ++c) {
            int sum = 0;
            for (const int column : candidates[c])
                sum += is[static_cast<std::size_t>(column)];
            ones[c].one += sum == 1 ? 1 : 0;
            ones[c].several += sum > 1 ? 1 : 0;
        }
    }
    return ones;
}

} // namespace

FlagColumns flagColumns(const TableText& text, const TableFacts& facts, std::vector<int> binary, std::size_t fewest,
                        std::stop_token stop) {
    const std::vector<Columns> candidates = candidatesOf(binary);
    const std::vector<Ones> ones = onesOf(text, facts.columns.size(), candidates, stop);
    FlagColumns flags;
    flags.all = std::move(binary);
    flags.rowsWithSeveral = ones.empty() ? 0 : ones.front().several;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (ones[i].one == 0 || ones[i].one * 100 < facts.rows * 95 || candidates[i].size() < fewest)
            continue;
        flags.oneHot = candidates[i];
        flags.rowsWithOne = ones[i].one;
        break;
    }
    return flags;
}

} // namespace sightline
