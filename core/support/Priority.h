// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace sightline {

/// How much a thread gives way to the window's.
enum class Priority {
    Compute = 5,    ///< training
    Background = 12 ///< what nobody waits for: a survey of the data, thumbnails
};

/// Lowers the calling thread, and the threads it starts from now on (Linux: niceness is a thread's own). Not an error
/// where it is refused: it only makes a window on the same machine smoother.
void lowerPriority(Priority priority);

} // namespace sightline
