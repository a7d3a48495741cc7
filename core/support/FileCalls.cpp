// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/FileCalls.h"

#include <fcntl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstdio>

namespace sightline {

FileCalls& fileCalls() {
    static FileCalls calls{
        [](const char* file, int flags, mode_t mode) { return ::open(file, flags, mode); },
        [](int descriptor, const void* bytes, std::size_t count) { return ::write(descriptor, bytes, count); },
        [](int descriptor) { return ::fsync(descriptor); },
        [](int descriptor) { return ::close(descriptor); },
        [](const char* from, const char* to) { return std::rename(from, to); },
        [](const char* from, const char* to) { return ::link(from, to); },
        [](const char* file) { return ::unlink(file); },
        [](int descriptor, int command, struct flock* range) { return ::fcntl(descriptor, command, range); },
        [](const char* path) {
            struct statfs system {};
            return ::statfs(path, &system) == 0 ? static_cast<unsigned long>(system.f_type) & 0xffffffff : 0;
        }};
    return calls;
}

} // namespace sightline
