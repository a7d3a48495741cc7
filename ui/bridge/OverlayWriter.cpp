// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/OverlayWriter.h"

#include "lane/Caught.h"

namespace sightline::ui {

OverlayWriter::OverlayWriter(std::function<void(const QString&)> failed)
    : m_failed(std::move(failed)), m_thread([this](const std::stop_token& stop) { work(stop); }) {}

OverlayWriter::~OverlayWriter() {
    {
        const std::scoped_lock lock(m_mutex);
        retry();
    }
    m_thread.request_stop();
    m_thread.join();
}

void OverlayWriter::write(const std::filesystem::path& file, const std::filesystem::path& root, Overlay overlay) {
    {
        const std::scoped_lock lock(m_mutex);
        m_unwritten.erase(file);
        m_waiting.insert_or_assign(file, Job{root, std::move(overlay)});
    }
    m_wake.notify_all();
}

Result<void> OverlayWriter::flush(const std::filesystem::path& file, const std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    retry();
    m_wake.notify_all();
    if (!m_written.wait(lock, stop, [this] { return m_waiting.empty() && !m_writing; }))
        return cancelled();
    const auto failed = m_unwritten.find(file);
    return failed == m_unwritten.end() ? Result<void>() : Error{failed->second.fault};
}

std::optional<Overlay> OverlayWriter::unwritten(const std::filesystem::path& file) {
    const std::scoped_lock lock(m_mutex);
    const auto failed = m_unwritten.find(file);
    return failed == m_unwritten.end() ? std::nullopt : std::optional(failed->second.overlay);
}

/// Under the lock. Nothing newer waits for these files: handing that over has taken them out.
void OverlayWriter::retry() {
    m_waiting.merge(m_unwritten);
}

void OverlayWriter::work(const std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    while (true) {
        if (!m_wake.wait(lock, stop, [this] { return !m_waiting.empty(); }))
            return; // nothing waits, and nothing will come
        auto next = m_waiting.extract(m_waiting.begin());
        m_writing = true;
        lock.unlock();
        Job& job = next.mapped();
        const auto written = caught([&] { return writeOverlay(next.key(), job.overlay, job.root); });
        const bool isNews = !written && job.fault.empty();
        if (!written)
            job.fault = written.error().message;
        if (isNews)
            m_mailbox.post([this, message = QString::fromStdString(job.fault)] { m_failed(message); });
        lock.lock();
        m_writing = false;
        if (!written && !m_waiting.contains(next.key()))
            m_unwritten.insert(std::move(next));
        m_written.notify_all();
    }
}

} // namespace sightline::ui
