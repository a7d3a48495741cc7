// SPDX-License-Identifier: GPL-3.0-or-later
#include "search/JournalFile.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>

#include "support/FileCalls.h"
#include "support/Files.h"
#include "support/FolderFlush.h"

namespace sightline {

namespace {

Error failed(const std::string& doing, const std::filesystem::path& file, int code) {
    return {doing + " " + file.string() + " failed: " + std::strerror(code) + "."};
}

/// Renamed first, as Optuna does: of two who take the same dead lock away one succeeds.
void removeLink(const std::filesystem::path& link) {
    static std::atomic<unsigned> serial{0};
    std::filesystem::path aside = link;
    aside += std::to_string(::getpid()) + "-" + std::to_string(serial++) + ".rename";
    std::error_code code;
    std::filesystem::rename(link, aside, code);
    if (!code)
        std::filesystem::remove(aside, code);
}

std::filesystem::path linkOf(const std::filesystem::path& file) {
    std::filesystem::path link = file;
    link += ".lock";
    return link;
}

/// Where our links lead: to the journal, for Optuna looks how old it is, in words that Optuna does not use.
std::string ourTarget(const std::filesystem::path& file) {
    return "./" + file.filename().string();
}

/// Whose lock it is, as far as one can see: changes with each new link.
std::pair<ino_t, std::int64_t> identityOf(const std::filesystem::path& link) {
    struct stat status {};
    if (::lstat(link.c_str(), &status) != 0)
        return {};
    return {status.st_ino, std::int64_t{status.st_ctim.tv_sec} * 1000000000 + status.st_ctim.tv_nsec};
}

/// Where the whole lines end.
std::uintmax_t endOfLines(int descriptor, std::uintmax_t size) {
    char bytes[4096];
    while (size > 0) {
        const std::uintmax_t count = std::min<std::uintmax_t>(size, sizeof(bytes));
        const auto from = static_cast<off_t>(size - count);
        if (::pread(descriptor, bytes, count, from) != static_cast<ssize_t>(count))
            return size;
        for (std::uintmax_t i = count; i > 0; --i)
            if (bytes[i - 1] == '\n')
                return size - count + i;
        size -= count;
    }
    return 0;
}

int append(int descriptor, const std::string& text) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0)
        return errno;
    const auto size = static_cast<std::uintmax_t>(status.st_size), end = endOfLines(descriptor, size);
    if (end < size && ::ftruncate(descriptor, static_cast<off_t>(end)) != 0)
        return errno;
    if (const int failure = writeAll(descriptor, text); failure != 0) {
        static_cast<void>(::ftruncate(descriptor, static_cast<off_t>(end))); // half a line is worse than none
        return failure;
    }
    return fileCalls().fsync(descriptor) != 0 ? errno : 0;
}

} // namespace

Result<JournalLock> JournalLock::take(const std::filesystem::path& file, std::chrono::milliseconds grace) {
    using Clock = std::chrono::steady_clock;
    std::filesystem::path link = linkOf(file);
    const std::string target = ourTarget(file);
    auto wait = std::chrono::milliseconds(1), most = std::chrono::milliseconds(1000);
    auto seen = identityOf(link);
    auto since = Clock::now();
    while (::symlink(target.c_str(), link.c_str()) != 0) {
        if (errno != EEXIST)
            return failed("Locking", file, errno);
        if (const auto now = identityOf(link); now != seen) {
            seen = now;
            since = Clock::now();
        } else if (Clock::now() - since > grace) {
            removeLink(link);
            continue;
        }
        std::this_thread::sleep_for(wait);
        wait = std::min(wait * 2, most);
    }
    return JournalLock(std::move(link));
}

void JournalLock::dropOurs(const std::filesystem::path& file) {
    std::error_code code;
    const std::filesystem::path link = linkOf(file), target = std::filesystem::read_symlink(link, code);
    if (!code && target == ourTarget(file))
        removeLink(link);
}

JournalLock::~JournalLock() {
    if (!m_link.empty())
        removeLink(m_link);
}

Result<JournalLines> readJournalLines(const std::filesystem::path& file) {
    JournalLines journal;
    std::error_code code;
    if (!std::filesystem::exists(file, code))
        return journal;
    const Result<std::string> text = readFile(file);
    if (!text)
        return text.error();
    for (std::size_t start = 0; start < text->size();) {
        const std::size_t end = text->find('\n', start);
        journal.isTorn = end == std::string::npos;
        if (journal.isTorn)
            break;
        Result<Json> line = parseJson(std::string_view(*text).substr(start, end - start), "line");
        if (!line || !line->is_object())
            return badInput(file.string() + ": line " + std::to_string(journal.lines.size() + 1) +
                            " is damaged; remove it, or begin the search again.");
        journal.lines.push_back(std::move(*line));
        start = end + 1;
    }
    return journal;
}

Result<void> appendJournalLines(const std::filesystem::path& file, const std::vector<Json>& lines,
                                std::chrono::milliseconds grace) {
    std::string text;
    for (const Json& line : lines)
        text += toText(line, -1) + "\n";
    const Result<JournalLock> lock = JournalLock::take(file, grace);
    if (!lock)
        return lock.error();
    const FileCalls& calls = fileCalls();
    const int descriptor = calls.open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (descriptor < 0)
        return failed("Writing", file, errno);
    int failure = append(descriptor, text);
    calls.close(descriptor);
    if (failure == 0)
        failure = flushFolder(file.parent_path());
    return failure == 0 ? Result<void>() : failed("Writing", file, failure);
}

} // namespace sightline
