// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <vector>

#include "support/Json.h"

namespace sightline {

/// The lock of Optuna's journal files (JournalFileSymlinkLock, which JournalFileBackend takes by itself): the symbolic
/// link FILE.lock, which only one process can make, on NFS too. Given back by the destructor. A lock that nobody has
/// given back for `grace` is taken away from whoever died with it.
class JournalLock {
public:
    static constexpr std::chrono::milliseconds kGrace{30000}; ///< Optuna's
    /// Waits for it. Error: the link cannot be made.
    static Result<JournalLock> take(const std::filesystem::path& file, std::chrono::milliseconds grace = kGrace);
    /// Takes away the lock of a process of this program, not that of another program. Nobody of this program may write
    /// meanwhile: it is what a killed one left.
    static void dropOurs(const std::filesystem::path& file);

    JournalLock(JournalLock&& other) noexcept : m_link(std::move(other.m_link)) { other.m_link.clear(); }
    JournalLock& operator=(JournalLock&&) = delete;
    ~JournalLock();

private:
    explicit JournalLock(std::filesystem::path link) : m_link(std::move(link)) {}
    std::filesystem::path m_link;
};

/// What a journal holds: its whole lines, each an object.
struct JournalLines {
    std::vector<Json> lines;
    bool isTorn = false; ///< after them comes a line that was not written to its end
};

/// A file that is missing has no lines. Errors name the file and the line that is no JSON object.
Result<JournalLines> readJournalLines(const std::filesystem::path& file);

/// Appends the lines in one write under Optuna's lock, and flushes them to the disk. What is left of a torn line is cut
/// off before; nothing else of the file is touched.
Result<void> appendJournalLines(const std::filesystem::path& file, const std::vector<Json>& lines,
                                std::chrono::milliseconds grace = JournalLock::kGrace);

} // namespace sightline
