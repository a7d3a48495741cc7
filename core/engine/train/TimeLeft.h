// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

namespace sightline::engine {

/// What is still to do of a run, and what there is to judge it by before it was measured.
struct WorkLeft {
    int batches = 0;              ///< of training, those of later epochs included
    int epochEnds = 0;            ///< validations, each with the checkpoints after it
    double validationBatches = 0; ///< of one validation
    double saveEveryMinutes = 0;  ///< 0: no checkpoints within epochs
};

/// How long a run still takes, from what its batches, validations and checkpoints took; pauses are in none of these. A
/// value: it knows no clock.
class TimeLeft {
public:
    void batchTook(double seconds);
    /// All that came after an epoch's last batch: validation, checkpoints, heat maps of pinned images.
    void epochEndTook(double seconds) { m_epochEnd = seconds; }
    void saveTook(double seconds) { m_save = seconds; } ///< a checkpoint within an epoch

    double secondsPerBatch() const { return m_batch; } ///< mean, the last ones count most; 0: none yet
    double secondsFor(const WorkLeft& work) const;

private:
    double m_batch = 0, m_save = 0;
    std::optional<double> m_epochEnd;
};

} // namespace sightline::engine
