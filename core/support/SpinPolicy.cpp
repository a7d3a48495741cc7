// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/SpinPolicy.h"

#include <algorithm>

namespace sightline {

namespace {

constexpr double kMuch = 0.10, kLittle = 0.05; ///< contention: apart, so that it does not flutter
constexpr double kCrowd = 0.3;                 ///< seconds in a row: threads that only begin crowd each other for less
constexpr double kVain = 5;                    ///< seconds; a try that ends sooner was in vain

} // namespace

void SpinPolicy::look(double contention, double seconds) {
    if (m_long) {
        m_lasted += seconds;
        m_crowded = contention < kMuch ? 0 : m_crowded + seconds;
        if (m_crowded < kCrowd)
            return;
        m_patience = m_lasted < kVain ? std::min(2 * m_patience, kMostPatience) : kPatience;
        m_long = false;
        m_calm = 0;
        return;
    }
    m_calm = contention < kLittle ? m_calm + seconds : 0;
    if (m_calm < m_patience)
        return;
    m_long = true;
    m_lasted = m_crowded = 0;
}

} // namespace sightline
