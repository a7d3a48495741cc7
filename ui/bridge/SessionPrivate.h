// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QMetaObject>

#include <deque>
#include <functional>
#include <mutex>
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
    QString lastEdit, engineDescription;
    std::shared_ptr<const Dataset> dataset;
    DataSettings openedWith;          ///< what `dataset` was opened with
    bool opening = false;
    std::optional<RunView> run;
    std::shared_ptr<const Evaluation> evaluation;
    Question question;
    std::optional<Subject> subject;
    std::shared_ptr<const Answer> answer;
    RunState state = RunState::Idle;
    std::shared_ptr<TrainControl> control;
    EventQueue events;
    QElapsedTimer lastBatch;

    std::mutex changesMutex;
    std::deque<std::function<Result<void>(RunStore&)>> changes; ///< to the store, in order

    Lane dataLane, evaluateLane, explainLane, runsLane, warmLane, measureLane;
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
    void open(DataSettings settings, std::optional<Experiment> toys = {});
    void adopt(std::shared_ptr<const Dataset> opened, Experiment next);
    void forgetRun();
    void settle(const DataSettings& before);
    void ask();
    void change(std::function<Result<void>(RunStore&)> work);
};

} // namespace sightline::ui
