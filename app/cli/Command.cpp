// SPDX-License-Identifier: GPL-3.0-or-later
#include "Command.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <stop_token>
#include <thread>

namespace sightline::cli {

CLI::App& group(CLI::App& parent, const std::string& name, const std::string& description) {
    for (CLI::App* known :
         parent.get_subcommands([&name](CLI::App* candidate) { return candidate->get_name() == name; }))
        return *known;
    CLI::App* made = parent.add_subcommand(name, description);
    made->require_subcommand(1);
    return *made;
}

int fail(const Error& error) {
    std::string line = error.message;
    for (char& character : line) {
        if (character == '\n' || character == '\r')
            character = ' ';
    }
    std::clog << "sightline-cli: " << line << '\n';
    switch (error.kind) {
    case ErrorKind::BadInput:
        return 2;
    case ErrorKind::Cancelled:
        return 130;
    case ErrorKind::Failed:
        break;
    }
    return 1;
}

void printJson(const Json& json) {
    std::cout << toText(json) << std::endl;
}

void showProgress(const std::string& what, std::size_t done, std::size_t total) {
    static const bool terminal = isatty(STDERR_FILENO) != 0;
    if (!terminal)
        return;
    if (total == 0) {
        std::fprintf(stderr, "\r%s %zu", what.c_str(), done);
        return;
    }
    constexpr std::size_t kWidth = 30;
    const std::size_t filled = std::min(kWidth, done * kWidth / total);
    std::string bar(filled, '#');
    bar.resize(kWidth, '.');
    std::fprintf(stderr, "\r%s [%s] %zu of %zu%s", what.c_str(), bar.c_str(), done, total, done >= total ? "\n" : "");
}

namespace {
volatile std::sig_atomic_t interrupts = 0;
int wakePipe[2] = {-1, -1};

void onInterrupt(int signal) {
    const int saved = errno;
    if (signal != SIGHUP || interrupts == 0) // a terminal that closes says it more than once
        interrupts = interrupts + 1;
    if (interrupts > 1)
        _exit(130);
    const char byte = 1;
    [[maybe_unused]] const ssize_t written = ::write(wakePipe[1], &byte, 1);
    errno = saved;
}

volatile std::sig_atomic_t taskSignal = 0;

void onTaskSignal(int signal) {
    const int saved = errno;
    if (taskSignal == 0)
        taskSignal = signal;
    const char byte = 1;
    [[maybe_unused]] const ssize_t written = ::write(wakePipe[1], &byte, 1);
    errno = saved;
}
} // namespace

std::stop_source& interruption() {
    // A handler may not lock; a thread of its own turns its byte into the request.
    static std::stop_source source;
    static const bool installed = [] {
        if (::pipe(wakePipe) != 0)
            return false;
        std::thread([] {
            char byte = 0;
            if (::read(wakePipe[0], &byte, 1) == 1)
                source.request_stop();
        }).detach();
        struct sigaction action {};
        action.sa_handler = onInterrupt;
        sigaction(SIGINT, &action, nullptr);
        sigaction(SIGTERM, &action, nullptr);
        struct sigaction before {};
        if (sigaction(SIGHUP, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) // nohup's wish
            sigaction(SIGHUP, &action, nullptr);
        return true;
    }();
    static_cast<void>(installed);
    return source;
}

std::stop_source& taskInterruption() {
    std::stop_source& source = interruption();
    struct sigaction action {};
    action.sa_handler = onTaskSignal;
    sigaction(SIGUSR1, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    return source;
}

bool isTimeAlmostOver() {
    return taskSignal == SIGUSR1;
}

CLI::Option* addThreads(CLI::App& command, int& threads) {
    return command.add_option("--threads", threads, "Number of threads; 0 = all available CPUs")
        ->check(CLI::Range(0, 1024));
}

bool parseSize(const std::string& text, int& height, int& width, int* channels) {
    int values[3] = {0, 0, 0};
    int used = 0;
    const int read = std::sscanf(text.c_str(), "%6dx%6d%n", &values[0], &values[1], &used);
    if (read < 2 || values[0] < 1 || values[1] < 1)
        return false;
    std::size_t end = static_cast<std::size_t>(used);
    if (end < text.size()) {
        int more = 0;
        if (!channels || std::sscanf(text.c_str() + end, "x%4d%n", &values[2], &more) < 1 || values[2] < 1)
            return false;
        end += static_cast<std::size_t>(more);
        *channels = values[2];
    }
    height = values[0];
    width = values[1];
    return end == text.size();
}

} // namespace sightline::cli
