// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "engine/TrainEvents.h"

namespace sightline::engine {

/// How a run ends, and why; carried out of nested loops by value.
struct Ending {
    RunEnded::Outcome outcome = RunEnded::Outcome::Completed;
    std::string reason;
    ErrorKind kind = ErrorKind::Failed; ///< of a failed one
};

Ending failed(const Error& error);
/// Of what a run keeps and could not be written: whether the run can be resumed.
Error unwritten(const Error& error, const std::filesystem::path& runFolder);
/// "Stopped " and where.
Ending stopped(const std::string& where);
/// "before the first batch", of an epoch where that is not the first.
std::string beforeEpoch(int epoch);
/// Of an error on the way to something: where the way was cancelled the run was stopped there.
Ending unready(const Error& error, const std::string& where);

/// What `work` ends with; an exception ends a run as failed, wherever it comes from.
Ending guarded(const std::function<Ending()>& work);

} // namespace sightline::engine
