// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/FileCalls.h"

namespace sightline {

/// What may become of the n-th call.
enum class Fault {
    None,
    FailsOnce, ///< no space, or the disk is broken; what comes after works
    Fails,     ///< it and all that come after: the disk is full
    Shortened, ///< a write takes half, the next one fails
    Killed,    ///< the process ends there, in the middle of a write; what it has written stays
    PowerCut   ///< the same, and all is lost that was not flushed
};

/// Takes the place of the system's calls below everything that is written (support/FileCalls.h) while it lives: counts
/// them, lets one go wrong, and knows what a disk would have kept. For one thread.
class FaultyFiles {
public:
    FaultyFiles(Fault fault, int at) : m_fault(fault), m_at(at), m_real(fileCalls()) {
        s_active = this;
        FileCalls& calls = fileCalls();
        calls.open = [](const char* file, int flags, mode_t mode) { return s_active->open(file, flags, mode); };
        calls.write = [](int to, const void* bytes, std::size_t count) { return s_active->write(to, bytes, count); };
        calls.fsync = [](int descriptor) { return s_active->fsync(descriptor); };
        calls.close = [](int descriptor) { return s_active->close(descriptor); };
        calls.rename = [](const char* from, const char* to) { return s_active->rename(from, to); };
        calls.link = [](const char* from, const char* to) { return s_active->link(from, to); };
        calls.unlink = [](const char* file) { return s_active->unlink(file); };
    }
    /// The machine is up again.
    ~FaultyFiles() {
        fileCalls() = m_real;
        if (m_fault == Fault::PowerCut && m_struck)
            lose();
        for (const Entry& entry : m_entries)
            drop(entry.backup);
    }
    FaultyFiles(const FaultyFiles&) = delete;
    FaultyFiles& operator=(const FaultyFiles&) = delete;

    int calls() const { return m_calls; } ///< so far
    bool hasStruck() const { return m_struck; }

private:
    /// A change of a folder that is not on the disk yet.
    struct Entry {
        std::string name, from;       ///< `from`: it was renamed
        std::filesystem::path backup; ///< of what had the name before; empty: nothing
    };

    /// Whether this call goes wrong; sets errno.
    bool strikes(bool isWrite = false) {
        ++m_calls;
        const bool isIt = m_calls == m_at && m_fault != Fault::None;
        const bool isDown = m_struck && (m_fault == Fault::Killed || m_fault == Fault::PowerCut);
        const bool fails = isDown || (m_struck && m_fault == Fault::Fails) || std::exchange(m_failsNext, false) ||
                           (isIt && m_fault != Fault::Shortened);
        m_struck = m_struck || (isIt && (isWrite || m_fault != Fault::Shortened));
        errno = m_at % 2 == 0 && m_fault == Fault::FailsOnce ? EIO : ENOSPC;
        return fails;
    }
    bool isDown() const { return m_struck && (m_fault == Fault::Killed || m_fault == Fault::PowerCut); }

    int open(const char* file, int flags, mode_t mode) {
        const bool creates = (flags & O_CREAT) != 0 && ::access(file, F_OK) != 0;
        if ((flags & O_CREAT) != 0 && strikes())
            return -1;
        const int descriptor = m_real.open(file, flags, mode);
        if (descriptor < 0)
            return descriptor;
        m_open[descriptor] = file;
        if (creates) {
            m_entries.push_back({file, {}, {}});
            m_flushed[file] = 0;
        } else if ((flags & O_CREAT) != 0 && !m_flushed.contains(file)) {
            m_flushed[file] = sizeOf(descriptor);
        }
        return descriptor;
    }
    ssize_t write(int descriptor, const void* bytes, std::size_t count) {
        const bool wasDown = isDown(), fails = strikes(true);
        const bool isTorn = !wasDown && m_calls == m_at && (m_fault == Fault::Killed || m_fault == Fault::Shortened);
        if (isTorn && count > 1) {
            const ssize_t done = m_real.write(descriptor, bytes, count / 2);
            m_failsNext = m_fault == Fault::Shortened;
            if (m_fault == Fault::Shortened)
                return done;
            errno = EIO;
            return -1;
        }
        return fails ? -1 : m_real.write(descriptor, bytes, count);
    }
    int fsync(int descriptor) {
        if (strikes())
            return -1;
        const std::string name = m_open.contains(descriptor) ? m_open[descriptor] : std::string();
        if (std::filesystem::is_directory(name))
            std::erase_if(m_entries, [&](const Entry& entry) {
                const bool isIn = std::filesystem::path(entry.name).parent_path() == name;
                if (isIn)
                    drop(entry.backup);
                return isIn;
            });
        else
            m_flushed[name] = sizeOf(descriptor);
        return 0; // the test's disk needs no flush
    }
    int close(int descriptor) {
        m_open.erase(descriptor);
        return m_real.close(descriptor);
    }
    int rename(const char* from, const char* to) {
        if (strikes())
            return -1;
        Entry entry{to, from, keptBeside(to)};
        const int result = m_real.rename(from, to);
        if (result == 0) {
            m_entries.push_back(std::move(entry));
            m_flushed[to] = std::exchange(m_flushed[from], 0);
            m_flushed.erase(from);
        }
        return result;
    }
    int link(const char* from, const char* to) {
        if (strikes())
            return -1;
        const int result = m_real.link(from, to);
        if (result == 0) {
            m_entries.push_back({to, {}, {}});
            m_flushed[to] = m_flushed[from];
        }
        return result;
    }
    int unlink(const char* file) {
        if (isDown()) {
            errno = EIO;
            return -1;
        }
        return m_real.unlink(file);
    }

    static std::uintmax_t sizeOf(int descriptor) {
        struct stat status {};
        return ::fstat(descriptor, &status) == 0 ? static_cast<std::uintmax_t>(status.st_size) : 0;
    }
    /// What has this name, by a second one in another folder.
    std::filesystem::path keptBeside(const std::string& name) {
        const std::filesystem::path second =
            std::filesystem::path(name).parent_path().parent_path() / (".backup" + std::to_string(m_backups++));
        std::error_code code;
        std::filesystem::create_hard_link(name, second, code);
        return code ? std::filesystem::path() : second;
    }
    static void drop(const std::filesystem::path& backup) {
        std::error_code code;
        if (!backup.empty())
            std::filesystem::remove(backup, code);
    }
    /// The folders are as they were flushed, the files as long as they were.
    void lose() {
        std::error_code code;
        for (; !m_entries.empty(); m_entries.pop_back()) {
            const Entry& entry = m_entries.back();
            if (!entry.from.empty()) {
                std::filesystem::rename(entry.name, entry.from, code);
                m_flushed[entry.from] = m_flushed[entry.name];
                m_flushed.erase(entry.name); // the one before was whole
            } else {
                std::filesystem::remove(entry.name, code);
            }
            if (!entry.backup.empty())
                std::filesystem::rename(entry.backup, entry.name, code);
        }
        for (const auto& [name, size] : m_flushed)
            if (std::filesystem::exists(name, code) && std::filesystem::file_size(name, code) > size)
                std::filesystem::resize_file(name, size, code);
    }

    static inline FaultyFiles* s_active = nullptr;
    Fault m_fault;
    int m_at, m_calls = 0, m_backups = 0;
    bool m_struck = false, m_failsNext = false;
    FileCalls m_real;
    std::map<int, std::string> m_open;
    std::vector<Entry> m_entries;
    std::map<std::string, std::uintmax_t> m_flushed; ///< bytes of a file that the disk has
};

} // namespace sightline
