// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "support/Result.h"

namespace sightline {

/// Who writes to a run now, as running.json of its folder says.
struct RunOwner {
    std::string host; ///< empty: this one
    long process = 0;
};

/// The owner of a run in progress; nothing where there is none, or where its process has died: its lock on running.json
/// goes with it, on another host of a shared home too. Where a file system has no locks, a process of this host is
/// looked for, and one of another host counts as alive until that host has started again.
std::optional<RunOwner> ownerOf(const std::filesystem::path& runFolder);

/// A process's claim on a run, a lock held while this lives: of two who want it one gets it. Given back by the
/// destructor, or by the system when the process dies.
class RunMark {
public:
    /// Error: the run is in progress, here or on another host, or its folder cannot be written.
    static Result<RunMark> take(const std::filesystem::path& runFolder);

    RunMark(RunMark&& other) noexcept
        : m_file(std::move(other.m_file)), m_descriptor(std::exchange(other.m_descriptor, -1)),
          m_before(std::move(other.m_before)) {}
    RunMark& operator=(RunMark&& other) noexcept;
    ~RunMark() { release(); }
    void release();
    /// The process of another host that had the run before and died with it; nothing where there was none.
    const std::optional<RunOwner>& before() const { return m_before; }

private:
    RunMark(std::filesystem::path file, int descriptor) : m_file(std::move(file)), m_descriptor(descriptor) {}
    void leave();

    std::filesystem::path m_file;
    int m_descriptor = -1; ///< of running.json, locked; -1: given back
    std::optional<RunOwner> m_before{};
};

} // namespace sightline
