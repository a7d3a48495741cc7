// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/ConfusionMatrix.h"

#include <cassert>
#include <numeric>

namespace sightline {

ConfusionMatrix::ConfusionMatrix(int classes)
    : m_classes(classes), m_counts(static_cast<std::size_t>(classes) * static_cast<std::size_t>(classes), 0) {}

void ConfusionMatrix::add(int truth, int predicted, std::int64_t images) {
    assert(truth >= 0 && truth < m_classes && predicted >= 0 && predicted < m_classes);
    m_counts[static_cast<std::size_t>(truth) * static_cast<std::size_t>(m_classes) +
             static_cast<std::size_t>(predicted)] += images;
}

std::int64_t ConfusionMatrix::at(int truth, int predicted) const {
    return m_counts[static_cast<std::size_t>(truth) * static_cast<std::size_t>(m_classes) +
                    static_cast<std::size_t>(predicted)];
}

std::int64_t ConfusionMatrix::total() const {
    return std::accumulate(m_counts.begin(), m_counts.end(), std::int64_t{0});
}

} // namespace sightline
