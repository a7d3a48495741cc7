// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "engine/TrainControl.h"
#include "engine/train/RunReporter.h"

namespace sightline::engine {

/// Between two batches: hands the weights to those who ask for them, has commands obeyed, and holds the run while it is
/// paused.
class BatchBoundary {
public:
    using Obey = std::function<void(TrainCommand&)>;
    /// Keeps where the run is before it stands still; false: it need not, because that ends it.
    using Keep = std::function<bool()>;
    /// All outlive this.
    BatchBoundary(const TrainSetup& setup, TrainControl& control, RunReporter& reporter, std::stop_token stop)
        : m_setup(setup), m_control(control), m_reporter(reporter), m_stop(std::move(stop)) {}

    /// Answers a wish for a snapshot after `step` and has commands obeyed, and all that come while the run is paused:
    /// kept as it is, so that whatever ends a pause takes nothing with it.
    void pass(std::int64_t step, const Obey& obey, const Keep& keep);

    void publish(std::int64_t step);

private:
    void answer(std::int64_t step, const Obey& obey);
    void tellWhetherItStops();

    const TrainSetup& m_setup;
    TrainControl& m_control;
    RunReporter& m_reporter;
    std::stop_token m_stop;
    std::shared_ptr<const WeightSnapshot> m_newest; ///< published, of m_step
    std::int64_t m_step = 0;
    bool m_stopsAfterEpoch = false; ///< as told last
};

} // namespace sightline::engine
