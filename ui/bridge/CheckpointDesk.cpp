// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/CheckpointDesk.h"

#include <algorithm>

namespace sightline::ui {

QString replacedSentence(const AskedWeights& asked, const AskedWeights& now) {
    return isReplaced(asked, now)
               ? CheckpointDesk::tr("From epoch %1, which epoch %2 has since replaced.").arg(asked.epoch).arg(now.epoch)
               : QString();
}

CheckpointDesk::CheckpointDesk(RunDesk& runs) : m_runs(runs) {
    connect(&runs, &RunDesk::runChanged, this, [this] {
        m_lane.cancel();
        m_chosen.clear();
        take({});
        look();
    });
    connect(&runs, &RunDesk::checkpointSaved, this, &CheckpointDesk::look); // an epoch is told of before its files are
    connect(&runs, &RunDesk::ended, this, &CheckpointDesk::look);
}

void CheckpointDesk::look() {
    const auto run = m_runs.run();
    if (!run)
        return;
    m_lane.submit(
        this,
        [folder = run->folder](const std::stop_token&) { return Result<std::vector<KeptEpoch>>(keptEpochs(folder)); },
        [this, run](Result<std::vector<KeptEpoch>> kept) {
            if (run == m_runs.run() && kept)
                take(std::move(*kept));
        });
}

void CheckpointDesk::take(std::vector<KeptEpoch> kept) {
    if (kept == m_kept)
        return;
    const int before = epoch();
    const bool wereThere = !m_kept.empty();
    m_kept = std::move(kept);
    const auto isThere = [this](const KeptEpoch& one) { return one.at == m_chosen; };
    const bool gone = isChosen() && std::none_of(m_kept.begin(), m_kept.end(), isThere);
    Q_EMIT keptChanged();
    if (gone)
        release();
    else if (isChosen() && epoch() != before) // the best, or the last, is another one now
        Q_EMIT moved();
    else if (wereThere && !m_kept.empty() && epoch() != before)
        Q_EMIT bestChanged();
}

int CheckpointDesk::current() const {
    auto found = std::find_if(m_kept.begin(), m_kept.end(),
                              [this](const KeptEpoch& one) { return isChosen() ? one.at == m_chosen : one.isBest; });
    if (found == m_kept.end()) // without a best one "best" is what "last" gives
        found = std::find_if(m_kept.begin(), m_kept.end(), [](const KeptEpoch& one) { return one.isRestored; });
    if (found != m_kept.end())
        return static_cast<int>(found - m_kept.begin());
    return static_cast<int>(m_kept.size()) - 1;
}

int CheckpointDesk::epoch() const {
    const int place = current();
    return place < 0 ? 0 : m_kept[static_cast<std::size_t>(place)].epoch;
}

void CheckpointDesk::choose(int place) {
    if (place >= 0 && place < static_cast<int>(m_kept.size()))
        set(m_kept[static_cast<std::size_t>(place)].at);
}

void CheckpointDesk::step(int by) {
    choose(std::clamp(current() + by, 0, static_cast<int>(m_kept.size()) - 1));
}

void CheckpointDesk::release() {
    set({});
}

void CheckpointDesk::set(std::string at) {
    if (at == m_chosen)
        return;
    m_chosen = std::move(at);
    Q_EMIT moved();
}

} // namespace sightline::ui
