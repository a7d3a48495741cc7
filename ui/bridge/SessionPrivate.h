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

/// Where the learning rate was reduced, as far as the epochs show it; a schedule changes it all the time and needs no
/// mark.
inline std::vector<LearningRateChanged> rateChanges(const Experiment& experiment,
                                                    const std::vector<EpochMetrics>& history) {
    std::vector<LearningRateChanged> changes;
    if (experiment.training.schedule != ScheduleSettings{})
        return changes;
    for (std::size_t i = 1; i < history.size(); ++i)
        if (history[i].learningRate < history[i - 1].learningRate)
            changes.push_back({history[i].epoch, history[i - 1].learningRate, history[i].learningRate, {}});
    return changes;
}

/// The session's state and its workers. Workers are joined before anything they use is gone.
struct Session::Private {
    Private(Session& session, std::filesystem::path folder) : q(session), home(std::move(folder)) {}

    Session& q;
    std::filesystem::path home;
    Experiment experiment;
    /// What undo or redo brings back: settings, or where `edit` is not empty, labels and exclusions.
    struct Step {
        Experiment experiment;
        OverlayEdit edit;
    };
    std::vector<Step> undoStack, redoStack;
    QString lastEdit, engineDescription;
    std::shared_ptr<const Dataset> dataset;
    DataSettings openedWith; ///< what `dataset` was opened with
    Overlay overlay;         ///< of `dataset`
    bool overlayUnwritten = false;
    bool opening = false;
    std::optional<RunView> run, begun; ///< `begun`: read by the training thread, in view from RunStarted on
    std::shared_ptr<const Evaluation> evaluation;
    Question question;
    std::optional<Subject> subject;
    std::shared_ptr<const Answer> answer;
    RunState state = RunState::Idle;
    QString fetching;
    std::shared_ptr<TrainControl> control;
    EventQueue events;
    QElapsedTimer lastBatch;

    std::mutex changesMutex;
    std::deque<std::function<Result<void>(RunStore&)>> changes; ///< to the store, in order

    Lane overlayLane, dataLane, evaluateLane, explainLane, runsLane, warmLane, measureLane, fetchLane;
    std::jthread trainer; ///< last: joined first

    /// Runs `work` on the session's thread; dropped where the session is gone, or where `stop` says the question is out
    /// of date.
    template <typename Work>
    void deliver(std::stop_token stop, Work work) {
        QMetaObject::invokeMethod(
            &q,
            [stop, work = std::move(work)]() mutable {
                if (!stop.stop_requested())
                    work();
            },
            Qt::QueuedConnection);
    }

    void setState(RunState next);
    void handle(const TrainEvent& event);
    void drain();
    void start(TrainRequest request);
    void open(DataSettings settings, std::optional<Experiment> toys = {});
    void adopt(std::shared_ptr<const Dataset> opened, Overlay found, Experiment next);
    void forgetRun();
    void settle(const DataSettings& before);
    void moveStep(std::vector<Step>& from, std::vector<Step>& to);
    void edited();
    void ask();
    void change(std::function<Result<void>(RunStore&)> work);
};

} // namespace sightline::ui
