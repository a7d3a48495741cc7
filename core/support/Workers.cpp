// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Workers.h"

#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace sightline {

void runOnThreads(int threads, const std::function<void(int thread)>& work) {
    std::mutex mutex;
    std::exception_ptr first;
    const auto guarded = [&](int thread) {
        try {
            work(thread);
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!first)
                first = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> helpers;
        try {
            for (int thread = 1; thread < threads; ++thread)
                helpers.emplace_back(guarded, thread);
        } catch (const std::system_error&) {
            // The system has no more threads to give: those that there are do the work.
        }
        guarded(0);
    }
    if (first)
        std::rethrow_exception(first);
}

} // namespace sightline
