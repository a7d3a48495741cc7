// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <unordered_map>

namespace sightline {

/// How much this process has to share the cores: the time its threads were ready and had none (Linux: schedstat), and
/// what a hypervisor took of them ("steal").
class Contention {
public:
    /// Counts from now on.
    Contention(int cpus, std::filesystem::path proc = "/proc");

    /// Of the `seconds` since the last call, times the cores: the share that was lost. Above 1 where many threads wait
    /// at once; 0 where the system does not tell.
    double since(double seconds);

private:
    double lostSeconds();

    int m_cpus;
    std::filesystem::path m_proc;
    std::unordered_map<std::uint64_t, std::uint64_t> m_waited; ///< by thread, nanoseconds since it began
    std::uint64_t m_stolen = 0;                                ///< ticks since the system began
};

} // namespace sightline
