// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/OverlayWriter.h"

#include "lane/Caught.h"

namespace sightline::ui {

OverlayWriter::OverlayWriter(std::function<void(const QString&)> failed)
    : m_failed(std::move(failed)), m_thread([this](const std::stop_token& stop) { work(stop); }) {}

OverlayWriter::~OverlayWriter() {
    m_thread.request_stop();
    m_thread.join();
}

void OverlayWriter::write(const std::filesystem::path& file, const std::filesystem::path& root, Overlay overlay) {
    {
        const std::scoped_lock lock(m_mutex);
        m_waiting.insert_or_assign(file, Job{root, std::move(overlay)});
    }
    m_wake.notify_all();
}

void OverlayWriter::flush() {
    std::unique_lock lock(m_mutex);
    m_written.wait(lock, [this] { return m_waiting.empty() && !m_writing; });
}

void OverlayWriter::work(const std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    while (true) {
        if (!m_wake.wait(lock, stop, [this] { return !m_waiting.empty(); }))
            return; // nothing waits, and nothing will come
        const auto next = m_waiting.extract(m_waiting.begin());
        m_writing = true;
        lock.unlock();
        const auto written =
            caught([&] { return writeOverlay(next.key(), next.mapped().overlay, next.mapped().root); });
        if (!written)
            QMetaObject::invokeMethod(
                &m_mailbox, [this, message = QString::fromStdString(written.error().message)] { m_failed(message); },
                Qt::QueuedConnection);
        lock.lock();
        m_writing = false;
        m_written.notify_all();
    }
}

} // namespace sightline::ui
