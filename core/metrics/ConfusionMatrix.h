// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace sightline {

/// Rows true, columns predicted.
class ConfusionMatrix {
public:
    explicit ConfusionMatrix(int classes = 0);
    void add(int truth, int predicted, std::int64_t images = 1);
    int classes() const { return m_classes; }
    std::int64_t at(int truth, int predicted) const;
    std::int64_t total() const;

private:
    int m_classes = 0;
    std::vector<std::int64_t> m_counts;
};

} // namespace sightline
