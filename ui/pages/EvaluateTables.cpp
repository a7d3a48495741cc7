// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/EvaluateTables.h"

#include <algorithm>

#include "look/Words.h"

namespace sightline::ui {

namespace {
constexpr std::size_t kPairs = 200;
}

std::vector<std::vector<Table::Cell>> classRows(const Evaluation& evaluation) {
    std::vector<std::vector<Table::Cell>> rows;
    for (const ClassReport& report : evaluation.perClass) {
        std::vector<Table::Cell> cells{{QString::fromStdString(report.name)},
                                       {grouped(report.support), static_cast<qlonglong>(report.support)}};
        for (const double value : {report.precision, report.recall, report.f1, report.meanConfidence})
            cells.push_back({fixed(value, 3), value, value});
        rows.push_back(std::move(cells));
    }
    return rows;
}

std::vector<std::vector<Table::Cell>> pairRows(const Evaluation& evaluation) {
    struct Pair {
        int truth, predicted;
        std::int64_t count;
    };
    std::vector<Pair> found;
    const int classes = evaluation.confusion.classes();
    for (int t = 0; t < classes; ++t)
        for (int p = 0; p < classes; ++p)
            if (t != p && evaluation.confusion.at(t, p) > 0)
                found.push_back({t, p, evaluation.confusion.at(t, p)});
    std::stable_sort(found.begin(), found.end(), [](const Pair& a, const Pair& b) { return a.count > b.count; });
    if (found.size() > kPairs)
        found.resize(kPairs);
    std::vector<std::vector<Table::Cell>> rows;
    for (const Pair& pair : found) {
        const auto name = [&](int label) {
            return Table::Cell{QString::fromStdString(evaluation.classes[static_cast<std::size_t>(label)]),
                               QString::number(label)};
        };
        rows.push_back(
            {name(pair.truth), name(pair.predicted), {grouped(pair.count), static_cast<qlonglong>(pair.count)}});
    }
    return rows;
}

} // namespace sightline::ui
