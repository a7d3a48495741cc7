// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "data/Archive.h"
#include "data/LibArchive.h"
#include "support/Download.h"
#include "support/Files.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBlock = 64 * 1024, kMostMembers = 5'000'000;

/// Writes one member; never through a link and never over a file.
Result<void> writeMember(archive* reader, const fs::path& target, std::uint64_t& room, const std::string& source) {
    if (const Result<void> made = makeFolder(target.parent_path()); !made)
        return made;
    const int file = ::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file < 0)
        return errno == EEXIST
                   ? Result<void>()
                   : Result<void>(Error{"Writing " + target.string() + " failed: " + std::strerror(errno) + "."});
    std::string part(std::size_t{1} << 18, '\0');
    la_ssize_t got = 0;
    int failure = 0;
    while (failure == 0 && (got = archive_read_data(reader, part.data(), part.size())) > 0) {
        if (static_cast<std::uint64_t>(got) > room)
            break;
        room -= static_cast<std::uint64_t>(got);
        for (la_ssize_t done = 0; done < got && failure == 0;) {
            const ssize_t written = ::write(file, part.data() + done, static_cast<std::size_t>(got - done));
            if (written >= 0)
                done += written;
            else if (errno != EINTR)
                failure = errno;
        }
    }
    if (::close(file) != 0 && failure == 0)
        failure = errno;
    if (failure != 0)
        return Error{"Writing " + target.string() + " failed: " + std::strerror(failure) + "."};
    if (got > 0)
        return Error{source + " unpacks to more than it should."};
    if (got < 0)
        return Error{source + " is damaged: " + reasonOf(reader) + "."};
    return {};
}

/// Moves what lies in the one folder at the top up to `folder`.
Result<void> lookThrough(const fs::path& folder) {
    std::error_code code;
    fs::directory_iterator item(folder, code);
    if (code || item == fs::directory_iterator() || !item->is_directory(code))
        return {};
    const fs::path only = item->path();
    if (++item != fs::directory_iterator())
        return {};
    const fs::path aside = folder.string() + ".inner";
    fs::rename(only, aside, code);
    if (!code)
        fs::remove(folder, code);
    if (!code)
        fs::rename(aside, folder, code);
    if (code)
        return Error{"Moving " + only.string() + " failed: " + code.message() + "."};
    return {};
}

} // namespace

Result<void> unpackArchive(const fs::path& file, const fs::path& folder, std::uint64_t maximumBytes,
                           std::stop_token stop, const Progress& progress) {
    const ArchiveReader reader(archive_read_new());
    supportCompressions(reader.get());
    archive_read_support_format_tar(reader.get());
    archive_read_support_format_gnutar(reader.get());
    archive_read_support_format_zip(reader.get());
    if (archive_read_open_filename(reader.get(), file.c_str(), kBlock) != ARCHIVE_OK)
        return Error{file.string() + " cannot be unpacked: " + reasonOf(reader.get()) + "."};
    std::error_code code;
    const std::uint64_t packed = fs::file_size(file, code);
    std::uint64_t room = maximumBytes;
    std::size_t count = 0;
    archive_entry* entry = nullptr;
    int state = ARCHIVE_OK;
    while ((state = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK || state == ARCHIVE_WARN) {
        if (stop.stop_requested())
            return cancelled();
        if (++count > kMostMembers)
            return Error{file.string() + " has more than " + std::to_string(kMostMembers) + " members."};
        const char* path = archive_entry_pathname(entry);
        const auto name = memberName(path ? path : "");
        if (!name)
            return Error{file.string() + " has a member whose path leads out of the folder (" +
                         std::string(path ? path : "").substr(0, 200) + "); it was not unpacked."};
        if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) || name->empty())
            continue; // folders come with their files; links are left out
        if (const Result<void> written = writeMember(reader.get(), folder / *name, room, file.string()); !written)
            return written;
        if (progress && count % 64 == 0)
            progress(static_cast<std::size_t>(archive_filter_bytes(reader.get(), -1)),
                     static_cast<std::size_t>(packed));
    }
    if (state != ARCHIVE_EOF)
        return Error{file.string() + " is damaged: " + reasonOf(reader.get()) + "."};
    if (progress)
        progress(static_cast<std::size_t>(packed), static_cast<std::size_t>(packed));
    return lookThrough(folder);
}

} // namespace sightline
