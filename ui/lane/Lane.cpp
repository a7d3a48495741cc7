// SPDX-License-Identifier: GPL-3.0-or-later
#include "lane/Lane.h"

namespace sightline::ui {

Lane::Lane() : m_thread([this](std::stop_token stop) { work(stop); }) {}

Lane::~Lane() {
    cancel();
    m_thread.request_stop();
    m_thread.join();
}

void Lane::enqueue(Task task) {
    {
        const std::scoped_lock lock(m_mutex);
        m_currentStop.request_stop();
        m_pendingStop.request_stop();
        m_pendingStop = std::stop_source();
        std::swap(m_pending, task);
    }
    m_wake.notify_one();
}

void Lane::cancel() {
    Task dropped;
    const std::scoped_lock lock(m_mutex);
    m_currentStop.request_stop();
    m_pendingStop.request_stop();
    std::swap(m_pending, dropped);
}

void Lane::work(std::stop_token stop) {
    while (true) {
        Task task;
        std::stop_token token;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return static_cast<bool>(m_pending); }))
                return;
            task = std::exchange(m_pending, nullptr);
            m_currentStop = m_pendingStop;
            token = m_currentStop.get_token();
        }
        task(token);
    }
}

} // namespace sightline::ui
