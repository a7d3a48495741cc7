// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "bridge/EngineDesk.h"
#include "bridge/EventQueue.h"
#include "bridge/OpenedRun.h"
#include "bridge/RunSteering.h"
#include "lane/Mailbox.h"

namespace sightline::ui {

/// The thread of one run at a time. Brings its events to the window's thread in order and ends with exactly one
/// RunEnded, also where the engine cannot be loaded or throws. The destructor stops the run and joins.
class TrainingThread : public RunSteering {
    Q_OBJECT
public:
    explicit TrainingThread(EngineDoor door);
    ~TrainingThread() override;

    /// `first` runs on the thread before anything else and may complete the request; where it fails nothing is trained.
    /// `unbegun` runs where the engine did not come to the start of the run.
    using First = std::function<Result<void>(TrainRequest& request, const std::stop_token& stop)>;
    void start(TrainRequest request, First first, std::function<void()> unbegun = {});
    /// Runs one after the other, by this control and with these events; told with seriesEnded, after their last event.
    /// `next` hears which run begins: from 1, of how many, what it is.
    using Next = std::function<void(std::size_t index, std::size_t count, const std::string& words)>;
    using Series = std::function<void(Engine& engine, const std::stop_token& stop, TrainControl& control,
                                      const EventSink& sink, const Next& next)>;
    void startSeries(Series series);
    void requestStop();
    TrainControl& control() { return *m_control; }

    void pause() override { m_control->pause(); }
    void resume() override { m_control->resume(); }
    void stop() override { requestStop(); }
    void stopAfterEpoch(bool on) override;
    void save() override;
    void edit(const std::vector<Setting>& settings, const QString& asker) override;
    void look(TrainCommand look) override { m_control->post(std::move(look)); }
    bool isPaused() const override { return m_control->isPaused(); }
    bool stopsAfterEpoch() const override { return m_control->stopsAfterEpoch(); }
    std::shared_ptr<TrainControl> weights() const override { return m_control; }
    /// The run that a RunStarted is about, with its folder read; once for each.
    ReadRun takeBegun();

Q_SIGNALS:
    void seriesAdvanced(qulonglong index, qulonglong count, const QString& words);
    void seriesEnded(const QString& failure); ///< empty, unless the series could not be begun or threw

private:
    void sink(const TrainEvent& event, const Experiment& asked);
    void drain();

    EngineDoor m_door;
    std::shared_ptr<TrainControl> m_control = std::make_shared<TrainControl>();
    EventQueue m_events;
    Mailbox m_mailbox;
    std::mutex m_mutex;
    std::optional<ReadRun> m_begun;
    std::jthread m_thread; ///< last: joined first
};

} // namespace sightline::ui
