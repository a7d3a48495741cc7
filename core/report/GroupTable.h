// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "report/TrialTable.h"
#include "store/RunGroup.h"
#include "support/Result.h"

namespace sightline {

/// The runs of a group line by line, in its order, with the figures that they are compared by.
struct GroupTable {
    struct Row {
        std::string name;    ///< "3", "fold 2 of 5"
        std::string changes; ///< of a table of experiments; a trial's settings
        std::optional<double> valAccuracy, testAccuracy;
        std::string run;                  ///< id; empty where none has begun
        std::string note;                 ///< why a figure is missing, a sentence; else empty
        std::optional<double> value = {}; ///< of a trial: the objective
    };
    RunGroup group; ///< of no member
    std::vector<Row> rows;
    bool isComplete = true;                ///< no run is missing, or has still to be trained
    std::optional<TrialTable> trials = {}; ///< of a search

    bool hasTest() const; ///< a row has it: only tables of experiments do
};

/// Reads the group's file and its runs: folds and tables; readTableOf() (search) reads any. Errors: there is no such
/// group, its file is damaged.
Result<GroupTable> readGroupTable(const std::filesystem::path& home, const std::string& id);

/// "Validation accuracy 74.5 % on average, standard deviation 2.1 points over 5 folds."; empty for other groups.
std::string spreadWords(const GroupTable& table);

/// Plain numbers, RFC 4180 quoting; the last columns are the run's id and the note.
std::string groupCsv(const GroupTable& table);
/// A table as texts print it, figures in per cent; notes as lines below it.
std::string groupMarkdown(const GroupTable& table);

/// By the ending: .csv, or .md. Errors: another ending, the file cannot be written.
Result<void> writeGroupTable(const GroupTable& table, const std::filesystem::path& file);

} // namespace sightline
