// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <set>

namespace sightline {

class TrainControl;

/// What the outside may ask of a search in progress, beside the stop_token of runSearch(). Thread-safe.
class SearchControl {
public:
    /// All trials in progress wait at their next batch, and those that begin wait at their first.
    void pause();
    void resume();
    bool isPaused() const;

    /// A run in progress that obeys as well, while this lives.
    class Follower {
    public:
        Follower(SearchControl& search, TrainControl& run);
        ~Follower();
        Follower(const Follower&) = delete;
        Follower& operator=(const Follower&) = delete;

    private:
        SearchControl& m_search;
        TrainControl& m_run;
    };

private:
    mutable std::mutex m_mutex;
    bool m_isPaused = false;
    std::set<TrainControl*> m_runs;
};

} // namespace sightline
