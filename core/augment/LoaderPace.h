// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace sightline {

/// Chooses how many threads read images, from the share of its time that their consumer waits for them. It begins with
/// one and adds one at a time where that share is more than a few percent; past what the CPUs can feed it has to be
/// large, because then the threads themselves wait, for a slow disk. One that makes nothing faster is taken back. A
/// value: it knows no clock.
class LoaderPace {
public:
    static constexpr int kMost = 8;

    /// `begin` threads are there already.
    explicit LoaderPace(int cpus, int begin = 1);

    int threads() const { return m_threads; }
    /// The consumer got a batch `seconds` after the one before, and of these had `waited` for it. True: threads()
    /// changed.
    bool batchCame(double waited, double seconds);

private:
    struct Window {
        int batches = 0;
        double waited = 0, seconds = 0;
        bool isFull() const;
        double share() const { return waited / seconds; }
        double secondsEach() const { return seconds / batches; }
    };
    bool isWorthTrying(double share) const;

    int m_usual; ///< that the CPUs can feed
    int m_threads;
    Window m_window;
    int m_settling = 0;      ///< windows until the last added thread is judged, from 2
    double m_eachBefore = 0; ///< seconds a batch without it
    int m_rest = 0;          ///< windows until the next one is tried
};

} // namespace sightline
