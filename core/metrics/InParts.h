// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>

#include "support/Files.h"
#include "support/Workers.h"

namespace sightline {

/// work(0) ... work(parts - 1), each once, on as many threads as there are CPUs. What a part does must not depend on
/// the others: then the result is the same on any machine.
template <typename Work>
void inParts(std::size_t parts, const Work& work) {
    std::atomic<std::size_t> next = 0;
    const auto threads = std::min(static_cast<std::size_t>(availableCpus()), parts);
    runOnThreads(static_cast<int>(std::max<std::size_t>(threads, 1)), [&](int) {
        for (std::size_t part = next++; part < parts; part = next++)
            work(part);
    });
}

} // namespace sightline
