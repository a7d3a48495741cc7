// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <thread>

extern char** environ;

namespace sightline {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kLookMs = 100; ///< how often somebody's wish to stop is looked at

class Pipe {
public:
    Pipe() { m_isOpen = ::pipe2(m_ends.data(), O_CLOEXEC) == 0; }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        closeWriting();
        if (m_isOpen)
            ::close(m_ends[0]);
    }

    bool isOpen() const { return m_isOpen; }
    int reading() const { return m_ends[0]; }
    int writing() const { return m_ends[1]; }
    void closeWriting() {
        if (m_isOpen && m_ends[1] >= 0)
            ::close(m_ends[1]);
        m_ends[1] = -1;
    }

private:
    std::array<int, 2> m_ends{-1, -1};
    bool m_isOpen = false;
};

/// 0, else why it was not started.
int start(const std::vector<std::string>& command, const Pipe& out, const Pipe& err, pid_t& process) {
    std::vector<char*> arguments;
    for (const std::string& word : command)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out.writing(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err.writing(), STDERR_FILENO);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    const int failure =
        posix_spawnp(&process, command.front().c_str(), &files, &attributes, arguments.data(), ::environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return failure;
}

/// Until both are closed; false where the time is over before, or somebody stops it.
bool readBoth(const Pipe& out, const Pipe& err, Clock::time_point until, const std::stop_token& stop,
              ProgramAnswer& answer) {
    std::array<pollfd, 2> waits{pollfd{out.reading(), POLLIN, 0}, pollfd{err.reading(), POLLIN, 0}};
    while (waits[0].fd >= 0 || waits[1].fd >= 0) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0 || stop.stop_requested())
            return false;
        if (::poll(waits.data(), waits.size(), static_cast<int>(std::min<std::int64_t>(left, kLookMs))) < 0 &&
            errno != EINTR)
            return false;
        for (pollfd& wait : waits) {
            std::array<char, 65536> bytes;
            if (wait.fd < 0 || wait.revents == 0)
                continue;
            const ssize_t got = ::read(wait.fd, bytes.data(), bytes.size());
            if (got > 0)
                (wait.fd == out.reading() ? answer.out : answer.err)
                    .append(bytes.data(), static_cast<std::size_t>(got));
            else if (got == 0 || errno != EINTR)
                wait.fd = -1;
        }
    }
    return true;
}

/// Its status; nothing of a process that goes on after it has closed its output.
std::optional<int> ended(pid_t process, Clock::time_point until) {
    for (;;) {
        int status = 0;
        const pid_t found = ::waitpid(process, &status, WNOHANG);
        if (found == process)
            return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
        if (found < 0 && errno != EINTR)
            return 0; // somebody else waited for it
        if (Clock::now() >= until)
            return std::nullopt;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

} // namespace

Result<ProgramAnswer> runProgram(const std::vector<std::string>& command, std::chrono::milliseconds patience,
                                 std::stop_token stop) {
    const Clock::time_point until = Clock::now() + patience;
    Pipe out, err;
    pid_t process = 0;
    const int failure = out.isOpen() && err.isOpen() ? start(command, out, err, process) : EMFILE;
    if (failure == ENOENT)
        return Error{"There is no program " + shown(command.front()) + " in PATH."};
    if (failure != 0)
        return Error{"The program " + shown(command.front()) + " cannot be started: " + std::strerror(failure) + "."};
    out.closeWriting();
    err.closeWriting();
    ProgramAnswer answer;
    const bool isRead = readBoth(out, err, until, stop, answer);
    if (const std::optional<int> code = isRead ? ended(process, until) : std::nullopt) {
        answer.code = *code;
        return answer;
    }
    ::kill(-process, SIGKILL);
    ::waitpid(process, nullptr, 0);
    if (stop.stop_requested())
        return Error{"The program " + shown(command.front()) + " was stopped.", ErrorKind::Cancelled};
    return Error{"The program " + shown(command.front()) + " did not end within " +
                 std::to_string(std::chrono::duration_cast<std::chrono::seconds>(patience).count()) +
                 " seconds and was stopped."};
}

} // namespace sightline
