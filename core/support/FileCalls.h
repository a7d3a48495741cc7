// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <cstddef>

struct flock;

namespace sightline {

/// The system's calls by which everything that must outlive a power cut is written: checkpoints, events, marks,
/// downloads. All as in POSIX. Tests put calls of their own in their place, which fail, write less, or forget.
struct FileCalls {
    int (*open)(const char* file, int flags, mode_t mode);
    ssize_t (*write)(int descriptor, const void* bytes, std::size_t count);
    int (*fsync)(int descriptor);
    int (*close)(int descriptor);
    int (*rename)(const char* from, const char* to);
    int (*link)(const char* from, const char* to);
    int (*unlink)(const char* file);
    int (*lock)(int descriptor, int command, struct flock* range); ///< fcntl
    unsigned long (*fileSystem)(const char* path);                 ///< its kind (statfs); 0: there is no such path
};

/// Of this process; to be replaced while no other thread writes.
FileCalls& fileCalls();

} // namespace sightline
