// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "models/Table.h"
#include "store/RunSummary.h"
#include "store/RunTree.h"

namespace sightline::ui {

/// A row of the shelf: a run, or a group that opens and closes.
struct RunRow {
    std::string key;               ///< the run's id, or the group's
    std::vector<std::size_t> runs; ///< places in the list: the run, or all runs of the group
    bool isGroup = false, holdsRows = false, isOpen = false;
    int depth = 0;
};

/// Which rows a person opened or closed; groups are closed at first, forks in view.
class OpenRows {
public:
    bool isOpen(const RunNode& node, bool atFirst) const;
    void set(const std::string& key, bool open) { m_open[key] = open; }
    void clear() { m_open.clear(); }

private:
    std::map<std::string, bool> m_open;
};

/// The cell that a node of the tree sorts by among its siblings.
using SortCell = std::function<Table::Cell(const RunNode& node)>;
/// Sorts what stands below each other by `cell`; what is equal keeps its order.
void sortTree(std::vector<RunNode>& nodes, const SortCell& cell, bool descending);

/// The rows in view, from top to bottom. `groupsOpen`: also groups are open at first.
std::vector<RunRow> rowsOf(const std::vector<RunNode>& nodes, const OpenRows& open, bool groupsOpen);
/// The runs of a node: itself, or those that a group's row stands for.
std::vector<std::size_t> runsOf(const RunNode& node);
/// Keys of what stands above the first run that is like this, top first; false where there is none.
bool pathTo(const std::vector<RunNode>& nodes, const std::function<bool(std::size_t)>& isIt,
            std::vector<std::string>& path);

/// The air before a row that stands below another one, and with the sign of one that opens.
QString rowAir(const RunRow& row);
QString rowSign(const RunRow& row);

} // namespace sightline::ui
