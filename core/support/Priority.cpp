// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Priority.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sightline {

void lowerPriority(Priority priority) {
    static_cast<void>(
        ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), static_cast<int>(priority)));
}

} // namespace sightline
