// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/module/PassStop.h"

namespace sightline::engine {

namespace {
thread_local const std::stop_token* watchedStop = nullptr;
}

StopsPasses::StopsPasses(std::stop_token stop)
    : m_stop(std::move(stop)), m_before(std::exchange(watchedStop, &m_stop)) {}

StopsPasses::~StopsPasses() {
    watchedStop = m_before;
}

bool mayPassesStop() {
    return watchedStop && watchedStop->stop_possible();
}

void leaveIfStopped() {
    if (watchedStop && watchedStop->stop_requested())
        throw PassStopped();
}

} // namespace sightline::engine
