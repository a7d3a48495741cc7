// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "support/Result.h"

namespace sightline {

/// Who writes to a run now, as running.json of its folder says.
struct RunOwner {
    std::string host; ///< empty: this one
    long process = 0;
};

/// The owner of a run in progress; nothing where there is none, or where it was a process of this host that has died.
/// Whether one of another host (a shared home) still lives cannot be known: it counts as alive.
std::optional<RunOwner> ownerOf(const std::filesystem::path& runFolder);

/// A process's claim on a run: taken in one step, so that of two who want it one gets it; given back by the destructor.
class RunMark {
public:
    /// Error: the run is in progress, here or on another host, or its folder cannot be written.
    static Result<RunMark> take(const std::filesystem::path& runFolder);

    RunMark(RunMark&& other) noexcept : m_file(std::move(other.m_file)), m_text(std::move(other.m_text)) {
        other.m_file.clear();
    }
    RunMark& operator=(RunMark&& other) noexcept;
    ~RunMark() { release(); }
    void release();

private:
    RunMark(std::filesystem::path file, std::string text) : m_file(std::move(file)), m_text(std::move(text)) {}

    std::filesystem::path m_file; ///< empty: given back
    std::string m_text;
};

} // namespace sightline
