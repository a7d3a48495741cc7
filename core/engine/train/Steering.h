// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

#include "engine/train/BatchBoundary.h"
#include "engine/train/Ending.h"
#include "engine/train/EpochPlan.h"

namespace sightline::engine {

/// What whoever drives a run does where it is steered.
struct SteeringHooks {
    std::function<void()> feedsOpened; ///< others took the place of the setup's feeds
    std::function<void()> enterEpoch;  ///< the epoch under way is to be entered again, at its next batch
    std::function<bool()> isSaveDue;
    std::function<Result<void>()> save;                    ///< a checkpoint of where the run is
    std::function<Result<void>(const TrainCommand&)> show; ///< the batch trained last
};

/// Steers a run between its batches: commands are obeyed, settings change, it pauses, waits for room, or ends.
class Steering {
public:
    struct Parts {
        TrainSetup& setup;
        TrainState& state;
        Moments& moments;
        RunReporter& reporter;
        TrainControl& control;
        std::stop_token stop;
        bool waitsForRoom = false; ///< where what a run keeps cannot be written, somebody may make room
    };
    /// All outlive this.
    Steering(const Parts& parts, SteeringHooks hooks);

    // Of several processes the first one decides in these, and the others do the same.

    /// Whoever asked for something is served; the run ends here where it was told to, and may be gone on with from
    /// here. Where it may not be edited, edits wait for afterEpoch().
    std::optional<Ending> betweenBatches(bool mayEdit);
    /// Edits that wait take effect, then the run ends as `decide` says; where the epoch was not `kept` it ends at once.
    std::optional<Ending> afterEpoch(const Result<void>& kept, const std::function<std::optional<Ending>()>& decide);
    /// What earlier sessions of the run changed at this place is changed again.
    std::optional<Ending> beforeEpoch();

    /// As EpochPlan::follow().
    Result<void> follow(int epoch, const Experiment& by) { return follow(epoch, by, nullptr); }
    double rateFactor() const { return m_plan.rateFactor(); }

    /// Where what is to be kept cannot be written and somebody may make room: waits. True: try again.
    bool waitForRoom(const Error& error);
    /// Nothing will be obeyed any more, and whoever waits hears so.
    void end();

private:
    /// Between two batches.
    struct Here {
        bool mayEdit = false;
        bool isSaved = false; ///< by a checkpoint, as it is
        std::optional<Error> fault;
    };
    void obey(TrainCommand& command, Here& here);
    std::optional<Ending> decideBetweenBatches(bool mayEdit);
    Result<void> repeatEdits();
    Result<void> save(Here& here);
    std::optional<Ending> together(const std::function<std::optional<Ending>()>& decide);
    std::optional<Ending> heed();
    Result<void> edit(const std::vector<Setting>& settings);
    Result<void> change(const Experiment& next, const Json& changes);
    void takeEffect(const Experiment& next, const Json& changes);
    Result<void> follow(int epoch, const Experiment& by, bool* openedFeeds);

    TrainSetup& m_setup;
    TrainState& m_state;
    RunReporter& m_reporter;
    TrainControl& m_control;
    std::stop_token m_stop;
    bool m_waitsForRoom, m_isToStop = false;
    SteeringHooks m_hooks;
    EpochPlan m_plan;
    BatchBoundary m_boundary;
    std::vector<TrainCommand> m_waiting; ///< edits that came during a validation
};

} // namespace sightline::engine
