// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <utility>

#include "engine/explain/Answers.h"

namespace sightline::engine {

/// Several passes over images, told as one progress. A pass that finds its answers kept tells nothing; neither do all
/// together where each of them does. It outlives the passes.
class Passes {
public:
    Passes(const Asking& asking, std::size_t images) : m_asking(asking), m_total(images) {}
    Passes(const Passes&) = delete;
    Passes& operator=(const Passes&) = delete;

    /// The next one, over so many of the images.
    Asking next(std::size_t images) {
        const std::size_t before = std::exchange(m_before, m_before + images);
        return {m_asking.stop, [this, before, images](std::size_t done, std::size_t total) {
                    if (total > 0)
                        tell(before + images * done / total);
                }};
    }
    /// All is done: what was begun is told to its end.
    void end() {
        if (m_told > 0 && m_told < m_total)
            tell(m_total);
    }

private:
    void tell(std::size_t done) {
        m_told = done;
        m_asking.tell(done, m_total);
    }

    const Asking& m_asking;
    std::size_t m_total, m_before = 0, m_told = 0; ///< images
};

} // namespace sightline::engine
