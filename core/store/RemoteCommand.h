// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "experiment/RunEdit.h"
#include "support/Result.h"

namespace sightline {

/// What another process asks of a run in progress: a file in `<run>/control/`, which the trainer answers with another.
struct RemoteCommand {
    enum class Kind { Pause, Resume, Stop, StopAfterEpoch, GoOnAfterEpoch, Save, Edit, Look };
    Kind kind = Kind::Save;
    std::vector<Setting> settings = {}; ///< of an edit
};

/// "pause", "stop-after-epoch", ... as the command line says it; an edit is "set". Nothing where there is none.
std::optional<RemoteCommand::Kind> remoteCommandNamed(const std::string& name);

/// Leaves the command for the trainer and waits for its answer. Errors: the run is not in progress, or ends without
/// having obeyed; the trainer refuses; the command got lost; it does not answer within `patience` (it may still obey at
/// its next batch).
Result<void> sendCommand(const std::filesystem::path& runFolder, const RemoteCommand& command,
                         std::chrono::milliseconds patience, std::stop_token stop);
/// The same, of a look: gives what is attached to the answer (engine/GivenBatchBytes.h). Nobody is to look any more
/// once this has given up.
Result<std::string> lookAt(const std::filesystem::path& runFolder, std::chrono::milliseconds patience,
                           std::stop_token stop);

// The trainer's side.

/// A command that waits for an answer.
struct ReceivedCommand {
    std::filesystem::path file;
    Result<RemoteCommand> command; ///< an error where the file is not one
};
/// The commands that wait, in the order they came; from now on they are the caller's to answer.
std::vector<ReceivedCommand> receiveCommands(const std::filesystem::path& runFolder);
/// Best effort: who asked may be gone. `attached` are the bytes that a look is answered with.
void answerCommand(const ReceivedCommand& received, const Result<void>& answer, const std::string& attached = {});
/// What an earlier session left.
void forgetCommands(const std::filesystem::path& runFolder);
/// The same in two steps: what lies there before the mark is taken; from then on somebody may leave more.
std::vector<std::filesystem::path> leftCommands(const std::filesystem::path& runFolder);
void forgetCommands(const std::vector<std::filesystem::path>& left);

} // namespace sightline
