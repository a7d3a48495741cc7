// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "engine/GivenBatch.h"
#include "experiment/RunEdit.h"
#include "support/Result.h"

namespace sightline {

/// Weights as they were at a batch boundary of a run in progress; immutable, shared.
struct WeightSnapshot;

/// What a run is told to do at its next batch boundary.
struct TrainCommand {
    enum class Kind {
        Save, ///< a checkpoint of where it is
        Stop, ///< the same, and end there
        Edit, ///< other settings from the next batch on
        Look  ///< the batch trained last, as the network was given it
    };
    Kind kind = Kind::Save;
    std::vector<Setting> settings = {}; ///< of an edit: all or none
    /// Hears once, on the training thread, what became of it; an error also where the run ended before.
    std::function<void(const Result<void>&)> answered = {};
    /// Of a look: gets the batch, on the training thread, before `answered`.
    std::function<void(GivenBatch)> showed = {};
};

/// What the outside may ask of a run in progress, or of a series of runs. All calls are thread-safe; all but
/// freshSnapshot() return at once, and the trainer looks every batch. The stop_token of Engine::train stops it, too.
class TrainControl {
public:
    TrainControl();
    ~TrainControl();
    TrainControl(const TrainControl&) = delete;
    TrainControl& operator=(const TrainControl&) = delete;

    void pause();
    void resume();
    bool isPaused() const;
    /// Ends the run after the epoch under way (its validation and checkpoint included).
    void stopAfterEpoch(bool on = true);
    bool stopsAfterEpoch() const;
    /// Commands are obeyed in their order, by a paused run as well.
    void post(TrainCommand command);

    /// Asks for a snapshot at the next batch boundary and gives the newest one there is (null before the first).
    std::shared_ptr<const WeightSnapshot> snapshot();
    /// The weights of the first batch boundary after this call; a paused run stands at one and answers at once. After
    /// `patience` the newest snapshot there is (null before the first). Null when `stop` is requested, and when the
    /// run has ended: its checkpoints say more then.
    std::shared_ptr<const WeightSnapshot> freshSnapshot(std::stop_token stop, std::chrono::milliseconds patience);

    // The trainer's side.
    /// Of a series the next run has begun: what is asked from here on is asked of it.
    void runBegins();
    /// Since the last run of this, no other has begun.
    bool hasEnded() const;
    bool wantsSnapshot() const;
    void publish(std::shared_ptr<const WeightSnapshot> snapshot);
    /// The commands that wait, which are then the trainer's to answer.
    std::vector<TrainCommand> take();
    /// Waits while paused. True: there is a command or a wish for a snapshot; see to it and wait again. False: go on,
    /// because the run was resumed or `stop` requested.
    bool waitWhilePaused(std::stop_token stop);
    /// No snapshot will come any more, and no command be obeyed.
    void runEnded();

private:
    struct State;
    std::unique_ptr<State> m;
};

} // namespace sightline
