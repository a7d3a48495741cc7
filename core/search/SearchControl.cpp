// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/SearchControl.h"

#include "engine/TrainControl.h"

namespace sightline {

void SearchControl::pause() {
    const std::lock_guard lock(m_mutex);
    m_isPaused = true;
    for (TrainControl* run : m_runs)
        run->pause();
}

void SearchControl::resume() {
    const std::lock_guard lock(m_mutex);
    m_isPaused = false;
    for (TrainControl* run : m_runs)
        run->resume();
}

bool SearchControl::isPaused() const {
    const std::lock_guard lock(m_mutex);
    return m_isPaused;
}

SearchControl::Follower::Follower(SearchControl& search, TrainControl& run) : m_search(search), m_run(run) {
    const std::lock_guard lock(m_search.m_mutex);
    m_search.m_runs.insert(&m_run);
    if (m_search.m_isPaused)
        m_run.pause();
}

SearchControl::Follower::~Follower() {
    const std::lock_guard lock(m_search.m_mutex);
    m_search.m_runs.erase(&m_run);
}

} // namespace sightline
