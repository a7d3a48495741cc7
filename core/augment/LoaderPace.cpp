// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/LoaderPace.h"

#include <algorithm>
#include <utility>

#include "augment/BatchLoader.h"

namespace sightline {

namespace {

constexpr double kShare = 0.04;     ///< of waiting, that justifies a thread more where there are CPUs for it
constexpr double kLargeShare = 0.2; ///< and where there are not
constexpr double kGain = 0.98;      ///< of the time a batch took before: an added thread that gains less goes
constexpr int kRest = 32;           ///< windows after one that gained nothing

} // namespace

LoaderPace::LoaderPace(int cpus, int begin) : m_usual(loaderThreads(cpus)), m_threads(begin) {}

bool LoaderPace::Window::isFull() const {
    return batches >= 64 || (batches >= 4 && seconds >= 0.25);
}

bool LoaderPace::isWorthTrying(double share) const {
    return m_threads < kMost && share > (m_threads < m_usual ? kShare : kLargeShare);
}

bool LoaderPace::batchCame(double waited, double seconds) {
    ++m_window.batches;
    m_window.waited += waited;
    m_window.seconds += seconds;
    if (!m_window.isFull())
        return false;
    const Window window = std::exchange(m_window, {});
    if (m_settling > 0) {
        if (--m_settling > 0) // what it fills first is not what it gains
            return false;
        if (window.secondsEach() > kGain * m_eachBefore) {
            --m_threads;
            m_rest = kRest;
            return true;
        }
    }
    if (m_rest > 0) {
        --m_rest;
        return false;
    }
    if (window.seconds <= 0 || !isWorthTrying(window.share()))
        return false;
    ++m_threads;
    m_settling = 2;
    m_eachBefore = window.secondsEach();
    return true;
}

} // namespace sightline
