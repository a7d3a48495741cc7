// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/TrainControl.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace sightline {

struct TrainControl::State {
    mutable std::mutex mutex;
    std::condition_variable_any changed;
    bool paused = false, stopsAfterEpoch = false, ended = false;
    bool stopIsNews = false;                ///< stopsAfterEpoch became another one since the last take()
    std::uint64_t wishes = 0, answered = 0; ///< wishes so far, and how many of them the newest snapshot answers
    std::shared_ptr<const WeightSnapshot> newest;
    std::vector<TrainCommand> commands;

    bool isWanted() const { return answered < wishes || !commands.empty() || stopIsNews; }

    /// Applies `change` under the lock and wakes whoever waits for it.
    template <typename Change>
    void update(Change change) {
        {
            const std::lock_guard lock(mutex);
            change();
        }
        changed.notify_all();
    }
    template <typename Field>
    Field read(const Field& field) const {
        const std::lock_guard lock(mutex);
        return field;
    }
};

TrainControl::TrainControl() : m(std::make_unique<State>()) {}
TrainControl::~TrainControl() = default;

void TrainControl::pause() {
    m->update([this] { m->paused = true; });
}

void TrainControl::resume() {
    m->update([this] { m->paused = false; });
}

bool TrainControl::isPaused() const {
    return m->read(m->paused);
}

void TrainControl::stopAfterEpoch(bool on) {
    m->update([&] { m->stopIsNews = std::exchange(m->stopsAfterEpoch, on) != on || m->stopIsNews; });
}

bool TrainControl::stopsAfterEpoch() const {
    return m->read(m->stopsAfterEpoch);
}

void TrainControl::post(TrainCommand command) {
    {
        const std::lock_guard lock(m->mutex);
        if (!m->ended) {
            m->commands.push_back(std::move(command));
            m->changed.notify_all();
            return;
        }
    }
    if (command.answered)
        command.answered(Error{"The run has ended."});
}

std::vector<TrainCommand> TrainControl::take() {
    const std::lock_guard lock(m->mutex);
    m->ended = false; // of a series the next run has begun
    m->stopIsNews = false;
    return std::exchange(m->commands, {});
}

std::shared_ptr<const WeightSnapshot> TrainControl::snapshot() {
    const std::lock_guard lock(m->mutex);
    ++m->wishes;
    m->changed.notify_all();
    return m->newest;
}

std::shared_ptr<const WeightSnapshot> TrainControl::freshSnapshot(std::stop_token stop,
                                                                  std::chrono::milliseconds patience) {
    std::unique_lock lock(m->mutex);
    const std::uint64_t wish = ++m->wishes;
    m->changed.notify_all();
    m->changed.wait_for(lock, stop, patience, [&] { return m->ended || m->answered >= wish; });
    return m->ended || stop.stop_requested() ? nullptr : m->newest;
}

bool TrainControl::wantsSnapshot() const {
    const std::lock_guard lock(m->mutex);
    return m->answered < m->wishes;
}

void TrainControl::publish(std::shared_ptr<const WeightSnapshot> snapshot) {
    m->update([&] {
        m->newest = std::move(snapshot);
        m->answered = m->wishes;
    });
}

bool TrainControl::waitWhilePaused(std::stop_token stop) {
    std::unique_lock lock(m->mutex);
    m->changed.wait(lock, stop, [this] { return !m->paused || m->isWanted(); });
    return m->paused && !stop.stop_requested() && m->isWanted();
}

void TrainControl::runBegins() {
    m->update([this] { m->ended = false; });
}

bool TrainControl::hasEnded() const {
    return m->read(m->ended);
}

void TrainControl::runEnded() {
    std::vector<TrainCommand> unanswered;
    m->update([&] {
        m->ended = true;
        m->stopsAfterEpoch = m->stopIsNews = false;
        m->newest.reset(); // its checkpoints say more now, and of the next run these are no weights
        unanswered.swap(m->commands);
    });
    for (const TrainCommand& command : unanswered)
        if (command.answered)
            command.answered(Error{"The run has ended."});
}

} // namespace sightline
