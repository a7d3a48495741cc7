// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/RankPlace.h"

namespace sightline::engine {

/// Another process of the training has gone, or does not answer; one sentence that says so.
class RankLost : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The processes that train one network together. Each calls the same in the same order, on one thread; what one of
/// them waits for comes within a minute, or RankLost is thrown. That a process computes for long is no reason.
class Ranks {
public:
    virtual ~Ranks() = default;

    virtual int rank() const = 0;
    virtual int size() const = 0;
    bool isFirst() const { return rank() == 0; }

    /// A sum under way.
    class Pending {
    public:
        virtual ~Pending() = default;
        virtual void wait() = 0;
    };
    /// Begins to make `values` the sum over all ranks, the same bits on each. They stay as they are, and alive, until
    /// it was waited for. Sums under way do not stand in the way of what else is exchanged.
    virtual std::unique_ptr<Pending> beginSum(std::span<float> values) = 0;
    virtual void sum(std::span<double> values) = 0;
    /// Of each rank as many numbers: [ranks x count], in the order of ranks.
    virtual std::vector<double> gather(std::span<const double> mine) = 0;
    /// What each rank says.
    virtual std::vector<std::string> gather(const std::string& mine) = 0;
    /// What the rank `from` has.
    virtual void share(std::span<float> values, int from = 0) = 0;
    /// What rank 0 says; of the others `said` is not looked at.
    virtual std::string fromFirst(const std::string& said) = 0;

    /// Throws RankLost where another process is known to have gone: for whoever waits by other ways than these.
    virtual void throwIfLost() = 0;

    /// All have come to the end of their work. Afterwards nothing is exchanged.
    virtual void close() = 0;
    /// This rank ends before the others, which end with RankLost(reason), or with the reason another rank gave before.
    virtual void leave(const std::string& reason) = 0;
};

/// Waits for all processes of the training, which have to come within a minute. Error: one did not come; this LibTorch
/// has no c10d.
Result<std::unique_ptr<Ranks>> joinRanks(const RankPlace& place);

/// The same result on every rank: success where all have it, else the failure of the lowest rank that failed.
Result<void> agreed(Ranks& ranks, const Result<void>& mine);

} // namespace sightline::engine
