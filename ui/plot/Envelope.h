// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

namespace sightline::ui {

/// A curve of any length in a bounded number of points: neighbours share a bucket that keeps its lowest and its highest
/// value, so no spike is lost. Adding costs the same for the first point and the millionth.
///
///     Envelope curve;
///     for (...) curve.add(epoch, loss);
///     curve.points(); // at most 2 * kMostBuckets, and the newest
class Envelope {
public:
    static constexpr std::size_t kMostBuckets = 4096; ///< some for each pixel of a wide screen
    struct Point {
        double key = 0, value = 0;
        bool operator==(const Point&) const = default;
    };

    void add(double key, double value); ///< keys never fall
    void clear() { *this = {}; }
    std::size_t count() const { return m_count; } ///< of what was added
    std::vector<Point> points() const;            ///< in the order of their keys

private:
    struct Bucket {
        Point low, high;
        std::size_t count = 0;
    };
    static void join(Bucket& into, const Bucket& next);

    std::vector<Bucket> m_buckets;
    Point m_last;
    std::size_t m_perBucket = 1, m_count = 0;
};

} // namespace sightline::ui
