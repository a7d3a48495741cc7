// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "support/Result.h"

namespace sightline {

/// What another program said, and how it ended.
struct ProgramAnswer {
    int code = 0; ///< its exit code; of one that a signal ended 128 and the signal
    std::string out, err;
};

/// Runs a program (looked for in PATH) to its end, with nothing on its stdin and in a process group of its own, so that
/// Ctrl-C in a terminal does not end it half-way. Errors: it cannot be started; it did not end in time, or before
/// `stop`, and was killed (the latter: cancelled).
Result<ProgramAnswer> runProgram(const std::vector<std::string>& command,
                                 std::chrono::milliseconds patience = std::chrono::seconds(60),
                                 std::stop_token stop = {});

} // namespace sightline
