// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace sightline::engine {

/// What the processes of a training can read and write together, kept by rank 0. Throws where that has gone.
class RankMarks {
public:
    virtual ~RankMarks() = default;
    /// The sum of all amounts so far, this one included.
    virtual std::int64_t add(const std::string& name, std::int64_t amount) = 0;
    virtual void set(const std::string& name, const std::string& text) = 0;
    virtual std::optional<std::string> find(const std::string& name) = 0;
};

/// Knows whether the other processes of a training live: each says so every few seconds, rank 0 listens to all, the
/// others to rank 0. Whoever goes with a reason leaves it here.
class RankPulse {
public:
    RankPulse(std::unique_ptr<RankMarks> marks, int rank, int size);
    /// Of a rank that has neither closed nor left, nothing is waited for.
    ~RankPulse();
    RankPulse(const RankPulse&) = delete;
    RankPulse& operator=(const RankPulse&) = delete;

    /// A sentence, as soon as somebody is known to be gone; empty while all live.
    std::string gone() const;
    /// The same, where a connection broke: waits a moment for the reason. `fault`: what the connection says.
    std::string whyGone(const std::string& fault) const;

    /// All have done their work: nobody is missed any more. Rank 0 waits for the others to be here, as it keeps the
    /// marks.
    void close();
    /// Leaves the first reason that is given; rank 0 waits for the others to read it.
    void leave(const std::string& reason);

private:
    struct State;
    void stop();

    std::shared_ptr<State> m; ///< shared with the thread, which may hang at a machine that is gone
};

} // namespace sightline::engine
