// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QMetaObject>

#include <optional>
#include <thread>

#include "bridge/EventQueue.h"
#include "bridge/Lane.h"
#include "bridge/Session.h"

namespace sightline::ui {

/// The session's state and its workers. Workers are joined before anything they use is gone.
struct Session::Private {
    Private(Session& session, std::filesystem::path folder) : q(session), home(std::move(folder)) {}

    Session& q;
    std::filesystem::path home;
    Experiment experiment;
    std::vector<Experiment> undoStack, redoStack;
    std::shared_ptr<const Dataset> dataset;
    bool opening = false;
    std::optional<RunView> run;
    std::shared_ptr<const Evaluation> evaluation;
    RunState state = RunState::Idle;
    std::shared_ptr<TrainControl> control;
    EventQueue events;
    QElapsedTimer lastBatch;

    Lane dataLane, evaluateLane, explainLane, warmLane;
    std::jthread trainer; ///< last: joined first

    /// Runs `work` on the session's thread; dropped where the session is gone, or where `stop` says the question is out of date.
    template <typename Work>
    void deliver(std::stop_token stop, Work work)
    {
        QMetaObject::invokeMethod(&q, [stop, work = std::move(work)]() mutable {
            if (!stop.stop_requested())
                work();
        }, Qt::QueuedConnection);
    }

    void setState(RunState next);
    void handle(const TrainEvent& event);
    void drain();
    void start(TrainRequest request);
    void open(DataSettings settings, bool toys);
    void adopt(std::shared_ptr<const Dataset> opened, const DataSettings& settings);
    void ask(ExplainRequest request, const QString& title, std::function<Result<Image>()> picture);
};

} // namespace sightline::ui
