// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/MemberTraining.h"

#include "store/RunStore.h"

namespace sightline {

namespace {

RunEnded failed(const Error& error) {
    RunEnded ended;
    ended.outcome = RunEnded::Outcome::Failed;
    ended.reason = error.message;
    ended.errorKind = error.kind;
    return ended;
}

/// Makes room for another run where this one is gone, or ended before anything of it was kept.
Result<void> dropLostRun(const SeriesRequest& request, const RunFolder& run) {
    std::error_code code;
    if (!std::filesystem::exists(run.path(), code))
        return {};
    auto store = RunStore::open(request.home);
    return store ? store->remove(run) : Result<void>(store.error());
}

} // namespace

bool isTrained(const std::filesystem::path& home, const std::string& run) {
    if (run.empty())
        return false;
    const RunSummary summary = RunFolder(home / "runs" / run).summary();
    return summary.state == "completed" && summary.epochs > 0;
}

RunEnded trainMember(Engine& engine, const SeriesRequest& request, const Experiment& experiment, const RunGroup& member,
                     const std::string& run, const std::function<Result<void>(const std::string& run)>& begun,
                     const std::stop_token& stop, TrainControl& control, const EventSink& sink) {
    TrainRequest training;
    training.home = request.home;
    training.background = request.background;
    training.waitsForRoom = request.waitsForRoom;
    const RunFolder before(request.home / "runs" / run);
    const bool goesOn = !run.empty() && checkpointToResume(before.path()).has_value();
    if (goesOn) {
        training.resume = run;
    } else {
        if (!run.empty())
            if (const auto dropped = dropLostRun(request, before); !dropped)
                return failed(dropped.error());
        training.experiment = experiment;
        training.group = member;
    }
    Result<void> noted;
    const RunEnded ended = engine.train(training, stop, control, [&](const TrainEvent& event) {
        if (const auto* started = std::get_if<RunStarted>(&event); started && !goesOn)
            noted = begun(started->run);
        sink(event);
    });
    return noted ? ended : failed(noted.error());
}

} // namespace sightline
