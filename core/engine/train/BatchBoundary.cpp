// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/BatchBoundary.h"

#include <torch/torch.h>

#include <utility>

#include "engine/module/LoadedModel.h"

namespace sightline::engine {

/// The weights change with a step only: until the next one the same snapshot answers, and what was made of it stays
/// known.
void BatchBoundary::publish(std::int64_t step) {
    if (!m_newest || m_step != step) {
        auto snapshot = std::make_shared<WeightSnapshot>();
        snapshot->parameters = m_setup.module->parameters().detach().clone();
        snapshot->statistics = m_setup.module->statistics().clone();
        snapshot->graph = m_setup.module->spec();
        snapshot->experiment = m_setup.experiment;
        snapshot->experiment.data.pixels = m_setup.dataset.resolved(m_setup.experiment.data.pixels);
        snapshot->classes = m_setup.dataset.classes;
        snapshot->fitted = m_setup.fitted;
        m_newest = std::move(snapshot);
        m_step = step;
    }
    m_control.publish(m_newest);
}

/// To all who watch: another process may have asked for it.
void BatchBoundary::tellWhetherItStops() {
    const bool stops = m_control.stopsAfterEpoch();
    if (std::exchange(m_stopsAfterEpoch, stops) != stops)
        m_reporter.report(
            RunNote{stops ? "The run stops after this epoch." : "The run no longer stops after this epoch.",
                    Json{{"type", "note"}, {"stops_after_epoch", stops}}});
}

void BatchBoundary::answer(std::int64_t step, const Obey& obey) {
    std::vector<TrainCommand> commands = m_control.take(); // first: what comes from here on is seen to the next time
    std::size_t next = 0;
    try {
        if (m_control.wantsSnapshot())
            publish(step);
        for (; next < commands.size(); ++next)
            obey(commands[next]);
        // Last: on a full disk it waits for room.
        tellWhetherItStops();
    } catch (...) { // the run ends; those who wait hear of it
        for (; next < commands.size(); ++next)
            if (commands[next].answered)
                commands[next].answered(Error{"The run ended without doing this."});
        throw;
    }
}

void BatchBoundary::pass(std::int64_t step, const Obey& obey, const Keep& keep) {
    answer(step, obey);
    if (!m_control.isPaused() || !keep())
        return;
    m_reporter.report(RunPaused{true});
    while (m_control.waitWhilePaused(m_stop))
        answer(step, obey);
    if (!m_stop.stop_requested()) // its end says more
        m_reporter.report(RunPaused{false});
}

} // namespace sightline::engine
