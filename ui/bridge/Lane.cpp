// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/Lane.h"

namespace sightline::ui {

Lane::Lane() : m_thread([this](std::stop_token stop) { work(stop); }) {}

Lane::~Lane() {
    cancel();
    m_thread.request_stop();
}

void Lane::submit(Job job) {
    {
        const std::scoped_lock lock(m_mutex);
        m_currentStop.request_stop();
        m_pendingStop.request_stop();
        m_pendingStop = std::stop_source();
        m_pending = std::move(job);
    }
    m_wake.notify_one();
}

void Lane::cancel() {
    const std::scoped_lock lock(m_mutex);
    m_currentStop.request_stop();
    m_pendingStop.request_stop();
    m_pending = nullptr;
}

void Lane::work(std::stop_token stop) {
    while (true) {
        Job job;
        std::stop_token token;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return static_cast<bool>(m_pending); }))
                return;
            job = std::exchange(m_pending, nullptr);
            m_currentStop = m_pendingStop;
            token = m_currentStop.get_token();
        }
        job(token);
    }
}

} // namespace sightline::ui
