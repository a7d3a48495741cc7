// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "experiment/RunEdit.h"
#include "metrics/Metrics.h"
#include "store/Patience.h"
#include "support/Json.h"

namespace sightline {

/// What events.jsonl tells of a run as a whole.
struct RunEvents {
    std::vector<EpochMetrics> epochs; ///< an epoch done again after resuming replaces the earlier one and all after it
    std::string outcome;              ///< of the last run_ended after the last run_started; empty where there is none
    std::string reason;
    int bestEpoch = 0;
    std::vector<std::string> notes;  ///< what was said on the way, all sessions of the run
    std::vector<RecordedEdit> edits; ///< in the order they were made
    std::set<int> resumedAfter;      ///< epochs after whose end it went on, and which were not trained anew since
    bool paused = false;
    bool stopsAfterEpoch = false; ///< the one under way, as somebody asked for
    int batchesPerEpoch = 0;      ///< of its last session; 0: not known
    int threads = 0;              ///< the same: compute threads
    Patience patience = {};       ///< as the last epoch or a later edit says

    void add(const Json& event); ///< the next one
};

/// Nothing where the event is no edit.
std::optional<RecordedEdit> editOf(const Json& event);

/// Whether the run is to end after the epoch under way; nothing where the event does not say.
std::optional<bool> stopsAfterEpochIn(const Json& event);

/// The run's edits, in the order they were made.
std::vector<RecordedEdit> readRunEdits(const std::filesystem::path& file);

/// Reads the lines there are; a torn or odd line is left out. A missing file is no events.
RunEvents readRunEvents(const std::filesystem::path& file);

} // namespace sightline
