// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/TimeLeft.h"

#include <algorithm>
#include <utility>

namespace sightline::engine {

namespace {
constexpr std::size_t kCompared = 8; ///< epochs
}

void TimeLeft::batchTook(double seconds) {
    m_batch = m_batch == 0 ? seconds : 0.9 * m_batch + 0.1 * seconds;
    m_epoch.add(seconds, 1);
}

void TimeLeft::epochEndTook(double seconds) {
    m_epochEnd = seconds;
    const RunningMean epoch = std::exchange(m_epoch, {});
    if (std::exchange(m_isFirst, false) || epoch.weight() == 0)
        return;
    m_epochs.push_back({epoch.mean(), seconds});
    if (m_epochs.size() > kCompared)
        m_epochs.pop_front();
}

double TimeLeft::secondsFor(const WorkLeft& work, const Pace& pace) const {
    const double working = work.batches * pace.batch + work.epochEnds * pace.epochEnd;
    const double saves = work.saveEveryMinutes > 0 ? working / (work.saveEveryMinutes * 60) : 0;
    return working + saves * m_save;
}

double TimeLeft::secondsFor(const WorkLeft& work) const {
    // Before the first validation: a forward pass is about a third of a step.
    return secondsFor(work, {m_batch, m_epochEnd.value_or(work.validationBatches * m_batch / 3 + m_save)});
}

std::optional<TimeLeft::Spread> TimeLeft::spreadFor(const WorkLeft& work) const {
    if (m_epochs.size() < 2)
        return {};
    const double now = secondsFor(work);
    Spread spread{now, now};
    for (const Pace& pace : m_epochs) {
        const double seconds = secondsFor(work, pace);
        spread = {std::min(spread.low, seconds), std::max(spread.high, seconds)};
    }
    return spread;
}

} // namespace sightline::engine
