// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Files.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

#include "support/FileCalls.h"
#include "support/FolderFlush.h"
#include "support/GroupMemory.h"
#include "support/SystemFiles.h"
#include "support/Unicode.h"

namespace sightline {

namespace {

constexpr const char* kUnfinished = ".tmp"; ///< follows a file's name, before the process and a number

Error systemError(const std::string& doing, const std::filesystem::path& file, int code) {
    return {doing + " " + file.string() + " failed: " + std::strerror(code) + "."};
}

} // namespace

Result<void> writeFileAtomically(const std::filesystem::path& file, std::string_view bytes) {
    return writeFileAtomically(file, std::span(&bytes, 1));
}

int writeAll(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = fileCalls().write(descriptor, bytes.data(), bytes.size());
        if (count > 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (count == 0)
            return ENOSPC; // it would never end
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

Result<void> writeFileAtomically(const std::filesystem::path& file, std::span<const std::string_view> pieces) {
    static std::atomic<unsigned> serial{0};
    std::filesystem::path temporary = file;
    temporary += kUnfinished + std::to_string(getpid()) + "-" + std::to_string(serial++);
    const FileCalls& calls = fileCalls();
    const int descriptor = calls.open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0)
        return systemError("Writing", file, errno);
    int failure = 0;
    for (std::size_t i = 0; i < pieces.size() && failure == 0; ++i)
        failure = writeAll(descriptor, pieces[i]);
    if (failure == 0 && calls.fsync(descriptor) != 0)
        failure = errno;
    if (calls.close(descriptor) != 0 && failure == 0)
        failure = errno;
    if (failure == 0 && calls.rename(temporary.c_str(), file.c_str()) != 0)
        failure = errno;
    if (failure != 0)
        calls.unlink(temporary.c_str());
    else
        failure = flushFolder(file.parent_path());
    return failure == 0 ? Result<void>() : systemError("Writing", file, failure);
}

void removeUnfinished(const std::filesystem::path& folder) {
    std::error_code code;
    std::vector<std::filesystem::path> unfinished;
    for (std::filesystem::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
        const std::string name = entry->path().filename().string();
        const auto place = name.rfind(kUnfinished);
        if (place == std::string::npos || place == 0)
            continue;
        const std::string rest = name.substr(place + std::strlen(kUnfinished)); // process-number
        const auto dash = rest.find('-');
        if (dash != std::string::npos && dash > 0 && dash + 1 < rest.size() &&
            rest.find_first_not_of("0123456789-") == std::string::npos)
            unfinished.push_back(entry->path());
    }
    for (const std::filesystem::path& file : unfinished)
        std::filesystem::remove(file, code);
}

int flushFolder(const std::filesystem::path& folder) {
    const FileCalls& calls = fileCalls();
    const int descriptor = calls.open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (descriptor < 0)
        return errno == EACCES ? 0 : errno; // a folder that may be written but not listed
    int failure = calls.fsync(descriptor) == 0 ? 0 : errno;
    if (failure == EINVAL || failure == ENOTSUP) // file systems that flush no folders
        failure = 0;
    calls.close(descriptor);
    return failure;
}

Result<std::string> readFile(const std::filesystem::path& file, std::uintmax_t maximumBytes) {
    std::error_code code;
    if (!std::filesystem::exists(file, code))
        return badInput(file.string() + " does not exist.");
    if (std::filesystem::is_directory(file, code))
        return badInput(file.string() + " is a folder, not a file.");
    if (!std::filesystem::is_regular_file(file, code))
        return badInput(file.string() + " is not a file.");
    const auto size = std::filesystem::file_size(file, code);
    if (!code && size > maximumBytes)
        return badInput(file.string() + " is larger than " + std::to_string(maximumBytes) + " bytes.");
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        return badInput(file.string() + " cannot be read; check its permissions.");
    std::string bytes;
    if (!code)
        bytes.reserve(size);
    bytes.assign(std::istreambuf_iterator<char>(stream), {});
    if (stream.bad())
        return Error{"Reading " + file.string() + " failed."};
    return bytes;
}

Result<void> makeFolder(const std::filesystem::path& folder) {
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    if (code || !std::filesystem::is_directory(folder, code))
        return Error{"The folder " + folder.string() +
                     " cannot be created: " + (code ? code.message() : "a file has that name") + "."};
    return {};
}

std::filesystem::path defaultHome() {
    if (const char* home = std::getenv("SIGHTLINE_HOME"); home && *home)
        return home;
    if (const char* data = std::getenv("XDG_DATA_HOME"); data && *data)
        return std::filesystem::path(data) / "sightline";
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home && *home ? home : ".") / ".local/share/sightline";
}

int availableCpus() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set) != 0)
        return 1;
    int cpus = CPU_COUNT(&set);
    const std::string quota = firstLine("/sys/fs/cgroup/cpu.max"); // "150000 100000", or "max 100000"
    const std::size_t blank = std::min(quota.size(), quota.find(' '));
    const auto limit = numberIn(quota.substr(0, blank)), period = numberIn(trimmed(quota.substr(blank)));
    if (limit && period && *period > 0)
        cpus =
            static_cast<int>(std::min<double>(cpus, static_cast<double>(*limit) / static_cast<double>(*period) + 0.5));
    return std::max(1, cpus);
}

std::uint64_t availableMemoryBytes() {
    return std::min(bytesOf("/proc/meminfo", "MemAvailable").value_or(0), memoryOfGroups().left);
}

std::uint64_t peakResidentBytes() {
    return bytesOf("/proc/self/status", "VmHWM").value_or(0); // getrusage() has that of the program before exec
}

} // namespace sightline
