// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <optional>

#include "metrics/Metrics.h"

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
    void epochEndTook(double seconds);
    void saveTook(double seconds) { m_save = seconds; } ///< a checkpoint within an epoch

    double secondsPerBatch() const { return m_batch; } ///< mean, the last ones count most; 0: none yet
    double secondsFor(const WorkLeft& work) const;

    /// If all that is left went as the quickest, and as the slowest, of the last epochs; secondsFor() lies between.
    struct Spread {
        double low = 0, high = 0;
    };
    /// Nothing before there are two epochs to compare. The first one of a session is none of them: it reads and decodes
    /// the images for the others.
    std::optional<Spread> spreadFor(const WorkLeft& work) const;

private:
    struct Pace {
        double batch = 0, epochEnd = 0; ///< seconds
    };
    double secondsFor(const WorkLeft& work, const Pace& pace) const;

    double m_batch = 0, m_save = 0;
    std::optional<double> m_epochEnd;
    RunningMean m_epoch;       ///< of the batches of the epoch under way
    bool m_isFirst = true;     ///< that epoch, in this session
    std::deque<Pace> m_epochs; ///< the last ones
};

} // namespace sightline::engine
