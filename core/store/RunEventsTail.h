// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "support/Json.h"

namespace sightline {

/// events.jsonl of a run in progress as it grows: each whole line once.
class RunEventsTail {
public:
    explicit RunEventsTail(std::filesystem::path file) : m_file(std::move(file)) {}

    /// The events since the last call. A line that is not complete yet comes with a later one; an odd line is left out.
    std::vector<Json> read();

private:
    std::filesystem::path m_file;
    std::uintmax_t m_read = 0; ///< bytes
};

} // namespace sightline
