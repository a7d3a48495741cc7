// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace sightline::engine {

/// The compute threads of one call of the engine: the one place that sets how many there are, their priority and how
/// they wait for each other. Lives on the stack of the thread that computes.
///
/// While some live, a watcher looks at the machine (support/Contention.h) and lets the threads of all of them spin for
/// long or sleep soon (support/SpinPolicy.h). How many compute never changes in a run: sums depend on it, on the way of
/// waiting nothing does. OMP_WAIT_POLICY and GOMP_SPINCOUNT are obeyed where a person sets them.
class ComputeThreads {
public:
    /// `threads` 0: the CPUs available. `background`: below a window's priority from now on, with the threads that this
    /// one starts.
    explicit ComputeThreads(int threads, bool background = false);
    /// Lets the threads go, so that those of other calls have the cores.
    ~ComputeThreads();
    ComputeThreads(const ComputeThreads&) = delete;
    ComputeThreads& operator=(const ComputeThreads&) = delete;

    int count() const { return m_count; }

private:
    int m_count;
};

} // namespace sightline::engine
