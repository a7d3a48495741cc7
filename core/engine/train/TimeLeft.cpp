// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/TimeLeft.h"

namespace sightline::engine {

void TimeLeft::batchTook(double seconds) {
    m_batch = m_batch == 0 ? seconds : 0.9 * m_batch + 0.1 * seconds;
}

double TimeLeft::secondsFor(const WorkLeft& work) const {
    // Before the first validation: a forward pass is about a third of a step.
    const double epochEnd = m_epochEnd.value_or(work.validationBatches * m_batch / 3 + m_save);
    const double working = work.batches * m_batch + work.epochEnds * epochEnd;
    const double saves = work.saveEveryMinutes > 0 ? working / (work.saveEveryMinutes * 60) : 0;
    return working + saves * m_save;
}

} // namespace sightline::engine
