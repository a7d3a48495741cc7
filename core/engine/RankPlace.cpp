// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/RankPlace.h"

#include <charconv>
#include <cstdint>
#include <string_view>

namespace sightline {

namespace {

constexpr int kFirstPort = 20000, kPorts = 12768; ///< below those that systems give to whoever asks for none

/// A port that the same text always gives.
int portOf(std::string_view text) {
    std::uint32_t sum = 0;
    for (const char letter : text)
        sum = sum * 31 + static_cast<unsigned char>(letter);
    return kFirstPort + static_cast<int>(sum % kPorts);
}

class Variables {
public:
    explicit Variables(const Environment& variable) : m_variable(variable) {}

    std::string text(const char* name) const {
        const char* const value = m_variable(name);
        return value ? value : "";
    }
    bool has(const char* name) const { return !text(name).empty(); }
    Result<int> whole(const char* name, int lowest, int highest) const {
        const std::string value = text(name);
        int number = 0;
        const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (fault != std::errc() || end != value.data() + value.size() || number < lowest || number > highest)
            return badInput("The environment variable " + std::string(name) +
                            (value.empty() ? " is missing" : " is " + shown(value)) + "; it must be a number from " +
                            std::to_string(lowest) + " to " + std::to_string(highest) +
                            ". To train with one process, unset RANK and WORLD_SIZE.");
        return number;
    }

private:
    const Environment& m_variable;
};

/// `port`: where MASTER_PORT names none.
Result<std::optional<RankPlace>> placed(const Variables& variables, const char* rankName, const char* sizeName,
                                        const std::string& address, std::optional<int> port) {
    const Result<int> size = variables.whole(sizeName, 1, 1 << 20);
    if (!size)
        return size.error();
    const Result<int> rank = variables.whole(rankName, 0, *size - 1);
    if (!rank)
        return rank.error();
    if (*size == 1)
        return std::optional<RankPlace>();
    if (address.empty())
        return badInput("The environment variable MASTER_ADDR is missing: the address of the machine of rank 0.");
    if (!port || variables.has("MASTER_PORT")) {
        const Result<int> named = variables.whole("MASTER_PORT", 1, 65535);
        if (!named)
            return named.error();
        port = *named;
    }
    return std::optional(RankPlace{*rank, *size, address, *port});
}

} // namespace

std::string firstHost(const std::string& list) {
    std::string host;
    for (std::size_t i = 0; i < list.size() && list[i] != ','; ++i) {
        if (list[i] != '[') {
            host += list[i];
            continue;
        }
        host += list.substr(i + 1, list.find_first_of(",-]", i) - i - 1);
        i = list.find(']', i);
        if (i == std::string::npos)
            break;
    }
    return host;
}

Result<std::optional<RankPlace>> rankPlace(const Environment& variable) {
    const Variables variables(variable);
    if (variables.has("RANK") || variables.has("WORLD_SIZE")) {
        Result<std::optional<RankPlace>> place =
            placed(variables, "RANK", "WORLD_SIZE", variables.text("MASTER_ADDR"), {});
        if (place && *place && variables.text("TORCHELASTIC_USE_AGENT_STORE") == "True")
            (**place).port = portOf(std::to_string((**place).port) + " " + variables.text("TORCHELASTIC_RUN_ID") + " " +
                                    variables.text("TORCHELASTIC_RESTART_COUNT"));
        return place;
    }
    if (!variables.has("SLURM_STEP_ID")) // a batch script, not a task of srun's
        return std::optional<RankPlace>();
    const std::string hosts =
        variables.text(variables.has("SLURM_STEP_NODELIST") ? "SLURM_STEP_NODELIST" : "SLURM_JOB_NODELIST");
    return placed(variables, "SLURM_PROCID", "SLURM_NTASKS",
                  variables.has("MASTER_ADDR") ? variables.text("MASTER_ADDR") : firstHost(hosts),
                  portOf(variables.text("SLURM_JOB_ID") + "." + variables.text("SLURM_STEP_ID")));
}

} // namespace sightline
