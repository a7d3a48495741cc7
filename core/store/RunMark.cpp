// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunMark.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <random>
#include <utility>

#include "support/Files.h"
#include "support/Json.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr const char* kMark = "running.json";

std::string firstLine(const fs::path& file) {
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    return line;
}

/// Names a process beyond reuse of its number: boot, number, start time; empty where it does not live.
std::string nameOfProcess(long number) {
    const std::string status = firstLine("/proc/" + std::to_string(number) + "/stat");
    auto place = status.rfind(')'); // the program's name may hold anything
    if (place == std::string::npos)
        return {};
    for (int field = 0; field < 20 && place != std::string::npos; ++field) // to starttime, field 22
        place = status.find(' ', place + 1);
    if (place == std::string::npos)
        return {};
    const std::string start = status.substr(place + 1, status.find(' ', place + 1) - place - 1);
    return firstLine("/proc/sys/kernel/random/boot_id") + " " + std::to_string(number) + " " + start;
}

std::string nameOfHost() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

/// Hosts made from one image have one name; this tells them apart where there is one.
std::string machine() {
    return firstLine("/etc/machine-id");
}

std::string textIn(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<RunOwner> ownerIn(const std::string& text) {
    const Result<Json> json = parseJson(text, kMark);
    if (!json || !json->is_object())
        return {};
    RunOwner owner{textIn(*json, "host"), 0};
    if (const auto number = json->find("number"); number != json->end() && number->is_number_integer())
        owner.process = number->get<long>();
    // Marks of older versions name no host: theirs is this one.
    if (!owner.host.empty() && (owner.host != nameOfHost() || textIn(*json, "machine") != machine()))
        return owner;
    const std::string process = textIn(*json, "process");
    if (process.empty() || process != nameOfProcess(owner.process))
        return {};
    owner.host.clear();
    return owner;
}

std::string markOfThisProcess() {
    // The last number tells this claim from an earlier one of the same process.
    return toText(Json{{"process", nameOfProcess(::getpid())},
                       {"number", ::getpid()},
                       {"host", nameOfHost()},
                       {"machine", machine()},
                       {"claim", std::random_device{}()}}) +
           "\n";
}

Error inProgress(const fs::path& mark, const RunOwner& owner) {
    const std::string run = "The run " + mark.parent_path().filename().string();
    if (owner.host.empty())
        return badInput(run + " is in progress (process " + std::to_string(owner.process) + "); stop it first.");
    return badInput(run + " is in progress on the host " + shown(owner.host) + "; stop it there, or delete " +
                    mark.string() + " if it no longer runs.");
}

Error beingTaken(const fs::path& mark) {
    return badInput("Another process is starting or deleting the run " + mark.parent_path().filename().string() +
                    "; try again in a moment.");
}

Error unwritable(const fs::path& mark, int failure) {
    return Error{"The run's lock file " + mark.string() + " cannot be written: " + std::strerror(failure) + "."};
}

/// The mark's file, locked while this lives; nothing where it is gone, or was replaced meanwhile.
class LockedMark {
public:
    explicit LockedMark(const fs::path& file) : m_descriptor(::open(file.c_str(), O_RDWR | O_CLOEXEC)) {
        struct stat opened {
        }, named{};
        // Where locks are not known the check below is all there is.
        if (m_descriptor >= 0)
            static_cast<void>(::flock(m_descriptor, LOCK_EX));
        m_current = m_descriptor >= 0 && ::fstat(m_descriptor, &opened) == 0 && ::stat(file.c_str(), &named) == 0 &&
                    opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
    }
    ~LockedMark() {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    LockedMark(const LockedMark&) = delete;
    LockedMark& operator=(const LockedMark&) = delete;

    bool isCurrent() const { return m_current; }
    /// Made a moment ago: who made it may not have come to fill it.
    bool isYoung() const {
        struct stat status {};
        return ::fstat(m_descriptor, &status) == 0 && std::abs(std::time(nullptr) - status.st_mtim.tv_sec) < 10;
    }
    std::string read() const {
        std::string text(65536, '\0');
        const ssize_t got = ::pread(m_descriptor, text.data(), text.size(), 0);
        text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return text;
    }
    bool write(const std::string& text) const {
        return ::pwrite(m_descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) &&
               ::ftruncate(m_descriptor, static_cast<off_t>(text.size())) == 0;
    }

private:
    int m_descriptor;
    bool m_current = false;
};

/// Makes the mark on a file system without hard links: empty, which only one can, then filled under its lock. An empty
/// mark is nobody's while it is young. False where there is one.
Result<bool> makeAndFill(const fs::path& mark, const std::string& text) {
    const int descriptor = ::open(mark.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (descriptor < 0)
        return errno == EEXIST ? Result<bool>(false) : unwritable(mark, errno);
    ::close(descriptor);
    const LockedMark made(mark);
    if (!made.isCurrent() || !made.read().empty())
        return false; // it took so long that another one has it
    if (made.write(text))
        return true;
    ::unlink(mark.c_str());
    return unwritable(mark, ENOSPC);
}

/// Makes the mark with its text in it, in one step; false where there is one.
Result<bool> makeWhole(const fs::path& mark, const std::string& text) {
    const fs::path temporary =
        mark.string() + "." + std::to_string(::getpid()) + "-" + std::to_string(std::random_device{}());
    if (const Result<void> written = writeFileAtomically(temporary, text); !written)
        return written.error();
    const int failure = ::link(temporary.c_str(), mark.c_str()) == 0 ? 0 : errno;
    ::unlink(temporary.c_str());
    if (failure == 0 || failure == EEXIST)
        return failure == 0;
    return makeAndFill(mark, text); // file systems have many words for having no hard links
}

} // namespace

std::optional<RunOwner> ownerOf(const fs::path& runFolder) {
    const Result<std::string> text = readFile(runFolder / kMark, 65536);
    return text ? ownerIn(*text) : std::nullopt;
}

Result<RunMark> RunMark::take(const fs::path& runFolder) {
    const fs::path mark = runFolder / kMark;
    const std::string text = markOfThisProcess();
    for (int attempt = 0; attempt < 100; ++attempt) {
        const Result<bool> made = makeWhole(mark, text);
        if (!made)
            return made.error();
        if (*made)
            return RunMark(mark, text);
        // A living owner keeps it; that of a process of this host that has died is taken over, by one of those who try.
        const LockedMark known(mark);
        if (!known.isCurrent())
            continue;
        const std::string there = known.read();
        if (const std::optional<RunOwner> owner = ownerIn(there))
            return inProgress(mark, *owner);
        if (there.empty() && known.isYoung())
            return beingTaken(mark);
        if (!known.write(text))
            return unwritable(mark, ENOSPC);
        return RunMark(mark, text);
    }
    return Error{"The run's lock file " + mark.string() + " keeps being created and removed by other programs."};
}

RunMark& RunMark::operator=(RunMark&& other) noexcept {
    if (this != &other) {
        release();
        m_file = std::exchange(other.m_file, {});
        m_text = std::move(other.m_text);
    }
    return *this;
}

void RunMark::release() {
    if (m_file.empty())
        return;
    const fs::path file = std::exchange(m_file, {});
    const LockedMark known(file);
    if (known.isCurrent() && known.read() == m_text)
        ::unlink(file.c_str());
}

} // namespace sightline
