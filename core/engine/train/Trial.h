// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <exception>
#include <new>
#include <string>

#include "engine/train/TrainLoop.h"
#include "engine/train/TrainSetup.h"
#include "network/Freezing.h"

namespace sightline::engine {

/// A network that is trained as the first epoch of a run trains it, for a try: from fresh weights, or those the
/// experiment names. Nothing is written.
class Trial {
public:
    /// Where features are kept, the batches are what they are computed from: not augmented. `setup` is of
    /// prepareTrial() and outlives this.
    explicit Trial(TrainSetup& setup);

    /// The next batch, whatever epoch it is in. Errors: none of the images can be read; cancelled.
    Result<LoopBatch> step(double learningRate, const std::stop_token& stop);
    TrainLoop& loop() { return *m_loop; }
    double rateFactor() const { return m_plan.rateFactor; } ///< of fine-tuning
    Feed& feed() { return *m_setup.trainFeed; }

private:
    void enterEpoch();

    TrainSetup& m_setup;
    FreezePlan m_plan;
    Moments m_moments;
    TrainState m_state;
    std::optional<TrainLoop> m_loop;
};

/// What `work` gives; an exception of a library becomes an error that begins with `failed` ("The check failed: ").
template <typename Work>
auto tried(const std::string& failed, Work work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return Error{"There was not enough memory; choose a smaller batch or image size."};
    } catch (const std::exception& error) {
        const std::string reason = error.what();
        return Error{failed + reason.substr(0, reason.find('\n'))};
    }
}

} // namespace sightline::engine
