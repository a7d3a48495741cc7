// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Ending.h"

#include <exception>
#include <new>

#include "engine/train/Ranks.h"
#include "store/RunCheckpoint.h"

namespace sightline::engine {

Ending failed(const Error& error) {
    return {RunEnded::Outcome::Failed, error.message, error.kind};
}

Error unwritten(const Error& error, const std::filesystem::path& runFolder) {
    std::error_code code; // a folder that has vanished took them with it, and may come back
    const bool canResume = !std::filesystem::exists(runFolder / "checkpoints", code) || checkpointToResume(runFolder);
    return {error.message + (canResume ? " The run can be resumed from its last checkpoint."
                                       : " The run has no checkpoint to resume from yet."),
            error.kind};
}

Ending stopped(const std::string& where) {
    return {RunEnded::Outcome::Stopped, "Stopped " + where + ".", ErrorKind::Failed};
}

std::string beforeEpoch(int epoch) {
    return epoch > 1 ? "before the first batch of epoch " + std::to_string(epoch) : "before the first batch";
}

Ending unready(const Error& error, const std::string& where) {
    return error.kind == ErrorKind::Cancelled ? stopped(where) : failed(error);
}

Ending guarded(const std::function<Ending()>& work) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return failed({"There was not enough memory; choose a smaller batch or image size."});
    } catch (const RankLost& lost) {
        return failed({lost.what()});
    } catch (const std::exception& error) {
        const std::string reason = error.what();
        return failed({"Training stopped because of an error: " + reason.substr(0, reason.find('\n'))});
    } catch (...) {
        return failed({"Training stopped because of an unknown error."});
    }
}

} // namespace sightline::engine
