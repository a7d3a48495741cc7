// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>

namespace sightline {

/// Weights as they were at a batch boundary of a run in progress; immutable, shared.
struct WeightSnapshot;

/// What the outside may ask of a run in progress; one control belongs to one run. All calls are thread-safe; all but
/// freshSnapshot() return at once, and the trainer looks every batch. Stopping at once is the stop_token of
/// Engine::train.
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

    /// Asks for a snapshot at the next batch boundary and gives the newest one there is (null before the first).
    std::shared_ptr<const WeightSnapshot> snapshot();
    /// The weights of the first batch boundary after this call; a paused run stands at one and answers at once. After
    /// `patience` the newest snapshot there is (null before the first). Null when `stop` is requested, and when the
    /// run has ended: its checkpoints say more then.
    std::shared_ptr<const WeightSnapshot> freshSnapshot(std::stop_token stop, std::chrono::milliseconds patience);

    // The trainer's side.
    bool wantsSnapshot() const;
    void publish(std::shared_ptr<const WeightSnapshot> snapshot);
    /// Waits while paused. True: a snapshot is wanted meanwhile; publish it and wait again. False: go on, because the
    /// run was resumed or `stop` requested.
    bool waitWhilePaused(std::stop_token stop);
    /// No snapshot will come any more.
    void runEnded();

private:
    struct State;
    std::unique_ptr<State> m;
};

} // namespace sightline
