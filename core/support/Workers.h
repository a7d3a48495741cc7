// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

namespace sightline {

/// Runs work(0) ... work(threads - 1) at once, the first on the calling thread, and waits for all. Where one throws,
/// the others still end their work; then the first exception is thrown here: none ever leaves a thread's top.
void runOnThreads(int threads, const std::function<void(int thread)>& work);

} // namespace sightline
