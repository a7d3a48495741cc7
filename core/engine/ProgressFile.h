// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include "engine/TrainEvents.h"

namespace sightline {

/// `<run>/progress.json`: the batch that a run in progress trained last, for other programs that follow it. Replaced at
/// most once a second, in one step but not flushed: it is worth nothing after a power cut. What fails is let be.
class ProgressFile {
public:
    explicit ProgressFile(const std::filesystem::path& run);
    ~ProgressFile(); ///< there is none of a run that has ended
    ProgressFile(const ProgressFile&) = delete;
    ProgressFile& operator=(const ProgressFile&) = delete;

    void tell(const BatchFinished& batch);

private:
    std::filesystem::path m_file;
    std::optional<std::chrono::steady_clock::time_point> m_told;
};

/// Nothing where there is none, or nothing that can be understood.
std::optional<BatchFinished> readProgress(const std::filesystem::path& run);

} // namespace sightline
