// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <exception>
#include <stop_token>
#include <utility>

namespace sightline::engine {

/// A pass through a network that nobody waits for any more. Autograd is left in no other way than by throwing.
class PassStopped : public std::exception {
public:
    const char* what() const noexcept override { return "stopped"; }
};

/// While it lives, passes of this thread look at `stop` at each node, on the way forward and back, and are left by
/// throwing PassStopped: one pass of a large network takes longer than a person wants to wait. Of several the last one
/// made counts.
class StopsPasses {
public:
    explicit StopsPasses(std::stop_token stop);
    ~StopsPasses();
    StopsPasses(const StopsPasses&) = delete;
    StopsPasses& operator=(const StopsPasses&) = delete;

private:
    std::stop_token m_stop;
    const std::stop_token* m_before;
};

bool mayPassesStop(); ///< whether one lives on this thread
void leaveIfStopped();

} // namespace sightline::engine
