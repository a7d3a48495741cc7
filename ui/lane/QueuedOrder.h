// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Qt is not built with ThreadSanitizer, which does not see that a queued call runs after it was posted. So it is told:
/// by who posts, before; by who is called, first. Nothing in other builds.
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
namespace sightline::ui {
inline char queuedOrder;
inline void beforePost() {
    __tsan_release(&queuedOrder);
}
inline void afterPost() {
    __tsan_acquire(&queuedOrder);
}
} // namespace sightline::ui
#else
namespace sightline::ui {
inline void beforePost() {}
inline void afterPost() {}
} // namespace sightline::ui
#endif
