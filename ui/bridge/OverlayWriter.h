// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "data/Overlay.h"
#include "lane/Mailbox.h"

namespace sightline::ui {

/// The one writer of overlay files: a thread that writes the newest state of each, in the order it was handed over, so
/// that an older one never lands on a newer. What cannot be written is kept and tried again. The destructor writes what
/// still waits: the last edit survives quitting.
class OverlayWriter {
public:
    /// `failed` is called on the window's thread, once for each state that cannot be written.
    explicit OverlayWriter(std::function<void(const QString&)> failed);
    ~OverlayWriter();
    OverlayWriter(const OverlayWriter&) = delete;
    OverlayWriter& operator=(const OverlayWriter&) = delete;

    void write(const std::filesystem::path& file, const std::filesystem::path& root, Overlay overlay);
    /// Waits until everything handed over so far is on the disk or cannot get there, and tries again what could not
    /// before. From any thread but the window's: it may take a while. Error: this file is older than what was handed
    /// over; Cancelled.
    Result<void> flush(const std::filesystem::path& file, const std::stop_token& stop);
    /// What this file should hold, where it could not be written.
    std::optional<Overlay> unwritten(const std::filesystem::path& file);

private:
    struct Job {
        std::filesystem::path root;
        Overlay overlay;
        std::string fault = {}; ///< why it could not be written; empty until it was tried
    };
    void retry();
    void work(const std::stop_token& stop);

    std::function<void(const QString&)> m_failed;
    Mailbox m_mailbox;
    std::mutex m_mutex;
    std::condition_variable_any m_wake, m_written;
    std::map<std::filesystem::path, Job> m_waiting, m_unwritten; ///< by file
    bool m_writing = false;
    std::jthread m_thread; ///< last: starts when all else is there
};

} // namespace sightline::ui
