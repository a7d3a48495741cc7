// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/Engine.h"

namespace sightline {

std::shared_ptr<const WeightSnapshot> TrainControl::snapshot() {
    m_wantsSnapshot = true;
    return std::atomic_load(&m_snapshot);
}

void TrainControl::publish(std::shared_ptr<const WeightSnapshot> snapshot) {
    m_wantsSnapshot = false;
    std::atomic_store(&m_snapshot, std::move(snapshot));
}

void TrainControl::waitWhilePaused(std::stop_token stop) {
    // A stop request must end the wait too: it wakes the atomic without changing whether the run is paused.
    std::atomic<bool> stopped{false};
    std::stop_callback wake(stop, [&] {
        stopped = true;
        m_paused = false;
        m_paused.notify_all();
    });
    while (m_paused && !stopped)
        m_paused.wait(true);
}

} // namespace sightline
