// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/RankPulse.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace sightline::engine {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kBeat(2), kSilence(20), kGrace(5);
constexpr const char *kReason = "reason", *kReasons = "reasons", *kRead = "read", *kClosed = "closed";
constexpr const char* kWayOut =
    ", so the training ends here; train --resume continues from its last checkpoint, with any number of processes.";

std::string beatOf(int rank) {
    return "beat/" + std::to_string(rank);
}

std::string named(int rank) {
    return "Rank " + std::to_string(rank);
}

/// True where this reason is the first.
bool giveReason(RankMarks& marks, const std::string& reason) {
    const bool isFirst = marks.add(kReasons, 1) == 1;
    if (isFirst)
        marks.set(kReason, reason);
    return isFirst;
}

} // namespace

struct RankPulse::State {
    State(std::unique_ptr<RankMarks> kept, int own, int all) : marks(std::move(kept)), rank(own), size(all) {}

    /// Rank 0's: the first of the others that has been silent for too long.
    std::optional<int> silent() {
        const Clock::time_point now = Clock::now();
        heardOf.resize(static_cast<std::size_t>(size), {0, now});
        for (int other = 1; other < size; ++other) {
            auto& [count, at] = heardOf[static_cast<std::size_t>(other)];
            if (const std::int64_t beats = marks->add(beatOf(other), 0); beats != count) {
                count = beats;
                at = now;
            } else if (now - at > kSilence)
                return other;
        }
        return {};
    }

    void beat() {
        marks->add(beatOf(rank), 1);
        if (rank == 0)
            if (const std::optional<int> other = silent())
                giveReason(*marks, named(*other) + " does not answer" + kWayOut);
        const std::optional<std::string> reason = marks->find(kReason);
        if (reason && !hasRead) {
            marks->add(kRead, 1);
            hasRead = true;
        }
        const std::lock_guard lock(mutex);
        heard = Clock::now();
        if (reason)
            gone = *reason;
        changed.notify_all();
    }

    /// Until it is stopped or rank 0 cannot be reached.
    void run() {
        try {
            for (bool goesOn = true; goesOn;) {
                beat();
                std::unique_lock lock(mutex);
                goesOn = !changed.wait_for(lock, kBeat, [this] { return stops; });
            }
        } catch (const std::exception&) {
            const std::lock_guard lock(mutex);
            if (gone.empty() && !stops)
                gone = named(0) + " has gone" + kWayOut;
        }
        const std::lock_guard lock(mutex);
        done = true;
        changed.notify_all();
    }

    const std::unique_ptr<RankMarks> marks;
    const int rank, size;
    std::vector<std::pair<std::int64_t, Clock::time_point>> heardOf; ///< the thread's own
    bool hasRead = false;                                            ///< the thread's own
    std::mutex mutex;
    std::condition_variable changed;
    bool stops = false, done = false;
    std::string gone;
    Clock::time_point heard = Clock::now();
    std::thread thread;
};

RankPulse::RankPulse(std::unique_ptr<RankMarks> marks, int rank, int size)
    : m(std::make_shared<State>(std::move(marks), rank, size)) {
    m->thread = std::thread([state = m] { state->run(); });
}

RankPulse::~RankPulse() {
    stop();
}

/// A thread that hangs at a machine that is gone is left behind.
void RankPulse::stop() {
    if (!m->thread.joinable())
        return;
    std::unique_lock lock(m->mutex);
    m->stops = true;
    m->changed.notify_all();
    const bool isDone = m->changed.wait_for(lock, kGrace, [this] { return m->done; });
    lock.unlock();
    if (isDone)
        m->thread.join();
    else
        m->thread.detach();
}

std::string RankPulse::gone() const {
    const std::lock_guard lock(m->mutex);
    if (m->gone.empty() && Clock::now() - m->heard > kSilence)
        m->gone = named(0) + " does not answer" + kWayOut;
    return m->gone;
}

std::string RankPulse::whyGone(const std::string& fault) const {
    std::unique_lock lock(m->mutex);
    m->changed.wait_for(lock, kBeat + kBeat, [this] { return !m->gone.empty(); });
    if (!m->gone.empty())
        return m->gone;
    return (m->size == 2 ? named(1 - m->rank) : std::string("Another process of this training")) + " has gone (" +
           fault + ")" + kWayOut;
}

void RankPulse::close() {
    stop();
    try {
        m->marks->add(kClosed, 1);
        const Clock::time_point until = Clock::now() + kGrace;
        while (m->rank == 0 && m->marks->add(kClosed, 0) < m->size && Clock::now() < until)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
    } catch (const std::exception&) { // everything is done: whoever went first needs nobody
    }
}

void RankPulse::leave(const std::string& reason) {
    {
        const std::lock_guard lock(m->mutex);
        if (!m->gone.empty() && m->rank != 0)
            return; // it ends because another one did
    }
    try {
        giveReason(*m->marks, reason);
        const Clock::time_point until = Clock::now() + kGrace;
        while (m->rank == 0 && m->marks->add(kRead, 0) < m->size - 1 && Clock::now() < until)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
    } catch (const std::exception&) { // rank 0 has gone with the marks
    }
}

} // namespace sightline::engine
