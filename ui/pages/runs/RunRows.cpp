// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/runs/RunRows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace sightline::ui {

namespace {

bool isNumber(const Table::Cell& cell) {
    return cell.key.isValid() && cell.key.typeId() != QMetaType::QString;
}

/// Numbers before words.
bool isBefore(const Table::Cell& one, const Table::Cell& other) {
    if (isNumber(one) != isNumber(other))
        return isNumber(one);
    if (isNumber(one)) {
        const auto number = [](const Table::Cell& cell) {
            const double value = cell.key.toDouble();
            return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
        };
        return number(one) < number(other);
    }
    const auto text = [](const Table::Cell& cell) { return cell.key.isValid() ? cell.key.toString() : cell.text; };
    return QString::compare(text(one), text(other), Qt::CaseInsensitive) < 0;
}

void add(const std::vector<RunNode>& nodes, const OpenRows& open, bool groupsOpen, int depth,
         std::vector<RunRow>& rows) {
    for (const RunNode& node : nodes) {
        RunRow row{node.id, runsOf(node), !node.run, !node.below.empty(), false, depth};
        row.isOpen = row.holdsRows && open.isOpen(node, !row.isGroup || groupsOpen);
        rows.push_back(row);
        if (row.isOpen)
            add(node.below, open, groupsOpen, depth + 1, rows);
    }
}

} // namespace

bool OpenRows::isOpen(const RunNode& node, bool atFirst) const {
    const auto said = m_open.find(node.id);
    return said == m_open.end() ? atFirst : said->second;
}

void sortTree(std::vector<RunNode>& nodes, const SortCell& cell, bool descending) {
    std::vector<std::pair<Table::Cell, RunNode>> keyed;
    for (RunNode& node : nodes) {
        sortTree(node.below, cell, descending);
        Table::Cell key = cell(node);
        keyed.emplace_back(std::move(key), std::move(node));
    }
    std::stable_sort(keyed.begin(), keyed.end(), [descending](const auto& one, const auto& other) {
        return descending ? isBefore(other.first, one.first) : isBefore(one.first, other.first);
    });
    for (std::size_t i = 0; i < nodes.size(); ++i)
        nodes[i] = std::move(keyed[i].second);
}

std::vector<RunRow> rowsOf(const std::vector<RunNode>& nodes, const OpenRows& open, bool groupsOpen) {
    std::vector<RunRow> rows;
    add(nodes, open, groupsOpen, 0, rows);
    return rows;
}

std::vector<std::size_t> runsOf(const RunNode& node) {
    if (node.run)
        return {*node.run};
    std::vector<std::size_t> runs;
    for (const RunNode& member : node.below)
        runs.push_back(*member.run);
    return runs;
}

bool pathTo(const std::vector<RunNode>& nodes, const std::function<bool(std::size_t)>& isIt,
            std::vector<std::string>& path) {
    for (const RunNode& node : nodes) {
        if (node.run && isIt(*node.run))
            return true;
        path.push_back(node.id);
        if (pathTo(node.below, isIt, path))
            return true;
        path.pop_back();
    }
    return false;
}

QString rowAir(const RunRow& row) {
    return QString(static_cast<qsizetype>(7) * row.depth, QChar(QChar::Nbsp));
}

QString rowSign(const RunRow& row) {
    return rowAir(row) + (!row.holdsRows ? QString() : row.isOpen ? QStringLiteral("▾ ") : QStringLiteral("▸ "));
}

} // namespace sightline::ui
