// SPDX-License-Identifier: GPL-3.0-or-later
#include "plot/Envelope.h"

namespace sightline::ui {

void Envelope::join(Bucket& into, const Bucket& next) {
    if (next.low.value < into.low.value)
        into.low = next.low;
    if (next.high.value > into.high.value)
        into.high = next.high;
    into.count += next.count;
}

void Envelope::add(double key, double value) {
    ++m_count;
    m_last = {key, value};
    const Bucket one{{key, value}, {key, value}, 1};
    if (!m_buckets.empty() && m_buckets.back().count < m_perBucket)
        return join(m_buckets.back(), one);
    if (m_buckets.size() == kMostBuckets) { // all are full: half as many, twice as wide
        for (std::size_t i = 0; i < kMostBuckets / 2; ++i) {
            m_buckets[i] = m_buckets[2 * i];
            join(m_buckets[i], m_buckets[2 * i + 1]);
        }
        m_buckets.resize(kMostBuckets / 2);
        m_perBucket *= 2;
    }
    m_buckets.push_back(one);
}

std::vector<Envelope::Point> Envelope::points() const {
    std::vector<Point> result;
    result.reserve(2 * m_buckets.size());
    for (const Bucket& bucket : m_buckets) {
        const bool rising = bucket.low.key <= bucket.high.key;
        result.push_back(rising ? bucket.low : bucket.high);
        if (!(bucket.low == bucket.high))
            result.push_back(rising ? bucket.high : bucket.low);
    }
    if (!result.empty() && m_last.key > result.back().key)
        result.push_back(m_last); // the curve reaches to where it is now
    return result;
}

} // namespace sightline::ui
