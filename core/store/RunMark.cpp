// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunMark.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

#include "store/HostBoot.h"
#include "support/FileCalls.h"
#include "support/Json.h"
#include "support/SystemFiles.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr const char* kMark = "running.json";

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
    return hostBootHere().boot + " " + std::to_string(number) + " " + start;
}

std::string textIn(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// What a mark says; nothing where it says nothing.
struct Claim {
    RunOwner owner;
    bool isHere = true;    ///< on this host
    bool isLocked = false; ///< its owner holds a lock on the file: without that it is over
    std::string process;
    HostBoot of; ///< where and since when
};

std::optional<Claim> claimIn(const std::string& text) {
    const Result<Json> json = parseJson(text, kMark);
    if (!json || !json->is_object())
        return {};
    Claim claim;
    claim.process = textIn(*json, "process");
    claim.isLocked = json->value("locked", Json(false)) == Json(true);
    if (const auto number = json->find("number"); number != json->end() && number->is_number_integer())
        claim.owner.process = number->get<long>();
    // Marks of older versions name no host: theirs is this one.
    const HostBoot here = hostBootHere();
    claim.of = {textIn(*json, "host"), textIn(*json, "machine"), textIn(*json, "boot")};
    claim.isHere = claim.of.host.empty() || (claim.of.host == here.host && claim.of.machine == here.machine);
    if (!claim.isHere)
        claim.owner.host = claim.of.host;
    return claim;
}

/// The data home of a run or a search; empty of a folder that lies elsewhere.
fs::path homeOf(const fs::path& mark) {
    const fs::path all = mark.parent_path().parent_path();
    return all.filename() == "runs" || all.filename() == "searches" ? all.parent_path() : fs::path();
}

/// Whether the owner lives, where no lock can tell: by its process, and of another host as long as that is not known to
/// have started again.
bool seemsAlive(const fs::path& mark, const Claim& claim) {
    if (!claim.isHere)
        return homeOf(mark).empty() || !hasRestarted(homeOf(mark), claim.of);
    return !claim.process.empty() && claim.process == nameOfProcess(claim.owner.process);
}

std::string markOfThisProcess(bool isLocked) {
    const HostBoot here = hostBootHere();
    return toText(Json{{"process", nameOfProcess(::getpid())},
                       {"number", ::getpid()},
                       {"host", here.host},
                       {"machine", here.machine},
                       {"boot", here.boot},
                       {"locked", isLocked}}) +
           "\n";
}

Error inProgress(const fs::path& mark, const RunOwner& owner, bool isKnown) {
    const std::string run = "The run " + mark.parent_path().filename().string();
    if (owner.host.empty())
        return badInput(run + " is in progress (process " + std::to_string(owner.process) + "); stop it first.");
    return badInput(run + " is in progress on the host " + shown(owner.host) + "; stop it there" +
                    (isKnown ? "." : ", or delete " + mark.string() + " if it no longer runs."));
}

/// The machine is up again, and its file server has not heard of it.
Error lockOfTheDead(const fs::path& mark, const Claim& claim) {
    return badInput("The run " + mark.parent_path().filename().string() + " is still locked for the host " +
                    shown(claim.of.host) + ", which has started again since, so nobody trains it: try again in a " +
                    "minute or two, or delete " + mark.string() + ".");
}

Error beingTaken(const fs::path& mark) {
    return badInput("Another process is starting or deleting the run " + mark.parent_path().filename().string() +
                    "; try again in a moment.");
}

Error unwritable(const fs::path& mark, int failure) {
    return Error{"The run's lock file " + mark.string() + " cannot be written: " + std::strerror(failure) + "."};
}

/// A lock of the open file (of no process or thread): over when its descriptor is closed, however that comes about,
/// also on a home shared by machines.
struct flock wholeFile(short type) {
    struct flock range {};
    range.l_type = type;
    range.l_whence = SEEK_SET;
    return range;
}

enum class Lock { Got, Taken, Unknown }; ///< the last: the file system has no locks

Lock lock(int descriptor) {
    struct flock range = wholeFile(F_WRLCK);
    if (fileCalls().lock(descriptor, F_OFD_SETLK, &range) == 0)
        return Lock::Got;
    return errno == EAGAIN || errno == EACCES ? Lock::Taken : Lock::Unknown;
}

Lock lookAtLock(int descriptor) {
    struct flock range = wholeFile(F_RDLCK);
    if (fileCalls().lock(descriptor, F_OFD_GETLK, &range) != 0)
        return Lock::Unknown;
    return range.l_type == F_UNLCK ? Lock::Got : Lock::Taken;
}

/// Whether the name still means the open file.
bool isCurrent(int descriptor, const fs::path& file) {
    struct stat opened {
    }, named{};
    return ::fstat(descriptor, &opened) == 0 && ::stat(file.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
           opened.st_dev == named.st_dev;
}

/// Made a moment ago: who made it may not have come to fill it.
bool isYoung(int descriptor) {
    struct stat status {};
    return ::fstat(descriptor, &status) == 0 && std::abs(std::time(nullptr) - status.st_mtim.tv_sec) < 10;
}

std::string textOf(int descriptor) {
    std::string text(65536, '\0');
    const ssize_t got = ::pread(descriptor, text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

bool fill(int descriptor, const std::string& text) {
    return ::ftruncate(descriptor, 0) == 0 &&
           fileCalls().write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/// Why an open mark may not be taken; nothing where it may.
std::optional<Error> objection(const fs::path& mark, int descriptor, Lock held, bool isNew) {
    const std::string text = textOf(descriptor);
    const std::optional<Claim> claim = claimIn(text);
    if (held == Lock::Taken && claim && !claim->isHere && !seemsAlive(mark, *claim))
        return lockOfTheDead(mark, *claim);
    if (held == Lock::Taken)
        return claim ? inProgress(mark, claim->owner, true) : beingTaken(mark);
    if (isNew || (claim && claim->isLocked && held == Lock::Got))
        return {}; // the lock is gone, and with it the owner
    if (claim && seemsAlive(mark, *claim))
        return inProgress(mark, claim->owner, false);
    if (text.empty() && held == Lock::Unknown && isYoung(descriptor))
        return beingTaken(mark);
    return {};
}

} // namespace

std::optional<RunOwner> ownerOf(const fs::path& runFolder) {
    const int descriptor = ::open((runFolder / kMark).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return {};
    const Lock held = lookAtLock(descriptor);
    const std::optional<Claim> claim = claimIn(textOf(descriptor));
    ::close(descriptor);
    if (held == Lock::Taken)
        return claim ? claim->owner : RunOwner{};
    const bool isOver = !claim || (claim->isLocked && held == Lock::Got) || !seemsAlive(runFolder / kMark, *claim);
    return isOver ? std::nullopt : std::optional(claim->owner);
}

Result<RunMark> RunMark::take(const fs::path& runFolder) {
    const fs::path mark = runFolder / kMark;
    for (int attempt = 0; attempt < 100; ++attempt) {
        int descriptor = fileCalls().open(mark.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        const bool isNew = descriptor >= 0, wasThere = !isNew && errno == EEXIST;
        if (wasThere)
            descriptor = ::open(mark.c_str(), O_RDWR | O_CLOEXEC);
        if (descriptor < 0 && errno == ENOENT && wasThere)
            continue; // given back meanwhile
        if (descriptor < 0)
            return unwritable(mark, errno);
        RunMark taken(mark, descriptor); // gives it back on every way out
        const Lock held = lock(descriptor);
        if (held != Lock::Taken && !isCurrent(descriptor, mark)) {
            taken.leave();
            continue;
        }
        if (const std::optional<Error> error = objection(mark, descriptor, held, isNew && held == Lock::Unknown)) {
            taken.leave();
            return *error;
        }
        if (const std::optional<Claim> claim = claimIn(textOf(descriptor)); claim && !claim->owner.host.empty())
            taken.m_before = claim->owner;
        if (const fs::path home = homeOf(mark); !home.empty())
            noteHostBoot(home);
        if (!fill(descriptor, markOfThisProcess(held == Lock::Got)))
            return unwritable(mark, ENOSPC);
        return taken;
    }
    return Error{"The run's lock file " + mark.string() + " keeps being created and removed by other programs."};
}

RunMark& RunMark::operator=(RunMark&& other) noexcept {
    if (this != &other) {
        release();
        m_file = std::exchange(other.m_file, {});
        m_descriptor = std::exchange(other.m_descriptor, -1);
        m_before = std::move(other.m_before);
    }
    return *this;
}

/// The file is another one's.
void RunMark::leave() {
    if (m_descriptor >= 0)
        fileCalls().close(std::exchange(m_descriptor, -1));
}

void RunMark::release() {
    if (m_descriptor >= 0 && isCurrent(m_descriptor, m_file))
        fileCalls().unlink(m_file.c_str()); // before the lock goes, so that it is nobody else's
    leave();
}

} // namespace sightline
