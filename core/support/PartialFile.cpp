// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/PartialFile.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "support/FileCalls.h"
#include "support/Files.h"
#include "support/FolderFlush.h"

namespace sightline {

PartialFile::~PartialFile() {
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

Result<void> PartialFile::open() {
    struct stat status {
    }, named{};
    do { // whoever held the lock before may have finished, and given the file its name
        if (m_descriptor >= 0)
            ::close(m_descriptor);
        m_descriptor = fileCalls().open(m_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (m_descriptor < 0)
            return Error{"Writing " + m_path.string() + " failed: " + std::strerror(errno) + "."};
        if (::flock(m_descriptor, LOCK_EX | LOCK_NB) != 0)
            return Error{m_path.string() + " is being downloaded by another program; wait for it or stop it."};
        ::fstat(m_descriptor, &status);
    } while (::stat(m_path.c_str(), &named) != 0 || named.st_ino != status.st_ino || named.st_dev != status.st_dev);
    m_size = static_cast<std::uint64_t>(status.st_size);
    if (const auto tag = readFile(m_tagPath, 4096); tag && m_size > 0)
        m_tag = *tag;
    ::lseek(m_descriptor, 0, SEEK_END);
    return {};
}

bool PartialFile::append(const char* bytes, std::size_t count) {
    while (count > 0) {
        const ssize_t written = fileCalls().write(m_descriptor, bytes, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            m_failure = errno;
            return false;
        }
        bytes += written;
        count -= static_cast<std::size_t>(written);
        m_size += static_cast<std::uint64_t>(written);
    }
    return true;
}

bool PartialFile::clear() {
    m_size = 0;
    setTag({});
    ::lseek(m_descriptor, 0, SEEK_SET);
    return ::ftruncate(m_descriptor, 0) == 0;
}

void PartialFile::setTag(const std::string& tag) {
    if (tag == m_tag)
        return;
    m_tag = tag;
    if (tag.empty())
        ::unlink(m_tagPath.c_str());
    else
        static_cast<void>(writeFileAtomically(m_tagPath, tag)); // without it the file is only fetched anew
}

void PartialFile::remove() {
    ::unlink(m_path.c_str());
    ::unlink(m_tagPath.c_str());
}

Result<void> PartialFile::finishAs(const std::filesystem::path& file) {
    if (fileCalls().fsync(m_descriptor) != 0 || fileCalls().rename(m_path.c_str(), file.c_str()) != 0)
        return Error{"Writing " + file.string() + " failed: " + std::strerror(errno) + "."};
    ::unlink(m_tagPath.c_str());
    if (const int failure = flushFolder(file.parent_path()); failure != 0)
        return Error{"Writing " + file.string() + " failed: " + std::strerror(failure) + "."};
    return {};
}

} // namespace sightline
