// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sightline {

/// What a search tried and what came of it, a row a trial.
struct TrialTable {
    struct Row {
        int number = 0;
        std::string state;                 ///< running, complete, pruned, failed
        std::vector<std::string> settings; ///< in the order of `paths`; empty where the trial has none
        std::optional<double> value;       ///< of the objective
        std::vector<std::string> runs;     ///< ids, one for each execution
        std::string note;                  ///< why it failed, a sentence
    };
    std::string objective; ///< "val_accuracy"
    bool maximize = true;
    std::vector<std::string> paths; ///< of the settings tried: "training.optimizer.learning_rate"
    std::vector<Row> rows;
    std::optional<int> best;                                ///< a trial's number
    std::vector<std::pair<std::string, double>> importance; ///< shares that sum to 1, the largest first
    std::string document;                                   ///< SEARCH.json
};

/// "training.batch_size 32, model.options.filters [4,8]".
std::string settingsWords(const TrialTable& table, const TrialTable::Row& row);
/// "Best of 30 trials by val_accuracy (higher is better): trial 4, 0.8125; training.batch_size 32." Where some are
/// under way: "Best of 12 finished trials".
std::string bestWords(const TrialTable& table);

/// As groupCsv() and groupMarkdown(): a column for each setting.
std::string trialsCsv(const TrialTable& table);
std::string trialsMarkdown(const TrialTable& table);
/// For a report: the best trial, all trials, how much each setting matters.
std::string trialsHtml(const TrialTable& table);

} // namespace sightline
