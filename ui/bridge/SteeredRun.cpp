// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/SteeredRun.h"

#include <utility>

namespace sightline::ui {

void SteeredRun::setSteering(RunSteering& steering, bool elsewhere) {
    m_steering = &steering;
    m_elsewhere = elsewhere;
}

void SteeredRun::forget() {
    m_saveAsked = false;
    m_stopsAfterEpoch = false;
    m_waiting.clear();
}

void SteeredRun::setState(RunState next) {
    if (m_state == next)
        return;
    m_state = next;
    Q_EMIT stateChanged(m_state);
}

void SteeredRun::setIdle() {
    m_stopsAfterEpoch = false;
    setState(RunState::Idle);
}

void SteeredRun::pause() {
    if (m_state != RunState::Running)
        return;
    steering().pause();
    setState(RunState::Paused);
}

void SteeredRun::resume() {
    if (m_state != RunState::Paused)
        return;
    steering().resume();
    setState(RunState::Running);
}

void SteeredRun::stop() {
    if (isIdle())
        return;
    steering().stop();
    setState(RunState::Stopping);
}

void SteeredRun::stopAfterEpoch(bool on) {
    if (isIdle() || on == m_stopsAfterEpoch)
        return;
    steering().stopAfterEpoch(on);
    setStopsAfterEpoch(on);
    if (on && m_state == RunState::Paused)
        setState(RunState::Running);
}

void SteeredRun::setStopsAfterEpoch(bool on) {
    if (std::exchange(m_stopsAfterEpoch, on) != on)
        Q_EMIT stateChanged(m_state);
}

void SteeredRun::saveNow() {
    if (m_state != RunState::Running && m_state != RunState::Paused)
        return;
    m_saveAsked = true;
    steering().save();
}

void SteeredRun::edit(const std::vector<Setting>& settings, const QString& asker) {
    if (m_state == RunState::Running || m_state == RunState::Paused)
        steering().edit(settings, asker);
}

void SteeredRun::look(TrainCommand look) {
    if (canLook())
        return steering().look(std::move(look));
    look.answered(Error{(isIdle() ? tr("The run has ended.") : tr("The run is starting.")).toStdString()});
}

void SteeredRun::onSaved(const CheckpointSaved& checkpoint) {
    if (checkpoint.batch > 0 && std::exchange(m_saveAsked, false)) // not those at the ends of epochs
        Q_EMIT saved(checkpoint.epoch, checkpoint.batch);
}

void SteeredRun::onPaused(const RunPaused& paused) {
    const QString before = std::exchange(m_waiting, QString::fromStdString(paused.why));
    if (m_state == RunState::Running || m_state == RunState::Paused)
        setState(paused.paused && steering().isPaused() ? RunState::Paused : RunState::Running);
    if (m_waiting != before)
        Q_EMIT stateChanged(m_state);
}

void SteeredRun::onStopsAfterEpoch() {
    setStopsAfterEpoch(!isIdle() && steering().stopsAfterEpoch());
}

void SteeredRun::onRefused(const QString& why) {
    const bool stops = m_state == RunState::Stopping && !m_elsewhere; // that is never refused here
    if (!isIdle() && m_state != RunState::Starting && !stops)
        setState(steering().isPaused() ? RunState::Paused : RunState::Running);
    onStopsAfterEpoch();
    m_saveAsked = false;
    Q_EMIT refused(why);
}

} // namespace sightline::ui
