// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace sightline {

/// Whether compute threads that wait for each other spin for long (they meet again sooner: 5 to 45 % of a training
/// step) or soon sleep (where others want the cores a spinning thread keeps the very thread from running that it waits
/// for: several times slower). Long while the cores are ours, short where they are not for a third of a second.
///
/// A core shared with our own loader threads may look free once the compute threads sleep. Long is then tried again in
/// vain; after each such try it waits twice as long for the next.
class SpinPolicy {
public:
    /// What Contention measured over the last `seconds`.
    void look(double contention, double seconds);
    bool spinsLong() const { return m_long; }

private:
    bool m_long = true;
    double m_lasted = 0;           ///< seconds of long spinning since the last change
    double m_crowded = 0;          ///< seconds of contention while long
    double m_calm = 0;             ///< seconds without contention while short
    double m_patience = kPatience; ///< seconds of calm before long is tried again
    static constexpr double kPatience = 2, kMostPatience = 120;
};

} // namespace sightline
