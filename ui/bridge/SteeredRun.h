// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <vector>

#include "bridge/RunSteering.h"

namespace sightline::ui {

enum class RunState { Idle, Starting, Running, Paused, Stopping };

/// How the run in progress stands, and what people ask of it. Whoever carries that out may refuse: then it stands as it
/// did before.
class SteeredRun : public QObject {
    Q_OBJECT
public:
    RunState state() const { return m_state; }
    bool isIdle() const { return m_state == RunState::Idle; }
    bool stopsAfterEpoch() const { return m_stopsAfterEpoch; }
    const QString& waitingBecause() const { return m_waiting; }
    RunSteering& steering() const { return *m_steering; }
    bool canLook() const { return !isIdle() && m_state != RunState::Starting; }

    /// Another run: nothing is asked of it yet.
    void forget();
    /// Who carries out what is asked: before all else. Outlives this, or another one is set.
    void setSteering(RunSteering& steering, bool elsewhere);
    void setState(RunState next);
    void setIdle();

    void pause();
    void resume();
    void stop();
    void stopAfterEpoch(bool on);
    void saveNow();
    void edit(const std::vector<Setting>& settings, const QString& asker);
    void look(TrainCommand look);

    void onSaved(const CheckpointSaved& checkpoint);
    void onPaused(const RunPaused& paused);
    void onStopsAfterEpoch(); ///< or not any more: whoever carries it out knows
    void onRefused(const QString& why);

Q_SIGNALS:
    void stateChanged(sightline::ui::RunState state);
    void refused(const QString& why);
    void saved(int epoch, int batch); ///< what was asked for

private:
    void setStopsAfterEpoch(bool on);

    RunSteering* m_steering = nullptr;
    bool m_elsewhere = false; ///< in another program
    RunState m_state = RunState::Idle;
    QString m_waiting;
    bool m_saveAsked = false, m_stopsAfterEpoch = false;
};

} // namespace sightline::ui
