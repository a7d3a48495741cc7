// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/Contention.h"

#include <unistd.h>

#include <charconv>
#include <fstream>
#include <string>
#include <utility>

namespace sightline {

namespace {

/// Ticks that the hypervisor gave to others: the eighth number of the first line.
std::uint64_t stolenTicks(const std::filesystem::path& stat) {
    std::ifstream file(stat);
    std::string word;
    std::uint64_t ticks = 0;
    file >> word;
    for (int place = 0; place < 8 && file; ++place)
        file >> ticks;
    return file ? ticks : 0;
}

} // namespace

Contention::Contention(int cpus, std::filesystem::path proc) : m_cpus(cpus), m_proc(std::move(proc)) {
    static_cast<void>(lostSeconds());
}

double Contention::since(double seconds) {
    const double lost = lostSeconds();
    return seconds > 0 ? lost / (seconds * m_cpus) : 0;
}

double Contention::lostSeconds() {
    std::uint64_t nanoseconds = 0;
    std::unordered_map<std::uint64_t, std::uint64_t> waited;
    std::error_code code;
    for (std::filesystem::directory_iterator task(m_proc / "self/task", code), end; !code && task != end;
         task.increment(code)) {
        const std::string name = task->path().filename();
        std::uint64_t thread = 0, ran = 0, total = 0;
        std::ifstream file(task->path() / "schedstat");
        if (std::from_chars(name.data(), name.data() + name.size(), thread).ec != std::errc() ||
            !(file >> ran >> total))
            continue; // it ended meanwhile
        const auto before = m_waited.find(thread);
        const std::uint64_t known = before == m_waited.end() ? 0 : before->second;
        nanoseconds += total >= known ? total - known : total; // less: a new thread of the same number
        waited.emplace(thread, total);
    }
    m_waited = std::move(waited);
    const std::uint64_t stolen = stolenTicks(m_proc / "stat");
    const std::uint64_t ticks = stolen - std::exchange(m_stolen, stolen);
    return static_cast<double>(nanoseconds) * 1e-9 +
           static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

} // namespace sightline
