// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

namespace sightline::ui {

/// Qt is not built with ThreadSanitizer, which does not see that what is queued for an object runs after it was posted.
/// So it is told: by who posts, before; by what is called, first. Nothing in other builds.
inline void beforePost([[maybe_unused]] void* mailbox) {
#ifdef __SANITIZE_THREAD__
    __tsan_release(mailbox);
#endif
}
/// `mailbox` lies in what was queued: until this has run, reading it looks like a race.
template <typename Mailbox>
[[gnu::no_sanitize_thread, gnu::noinline]] void afterPost([[maybe_unused]] Mailbox* const& mailbox) {
#ifdef __SANITIZE_THREAD__
    __tsan_acquire(mailbox);
#endif
}

} // namespace sightline::ui
