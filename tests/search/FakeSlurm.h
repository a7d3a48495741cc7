// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "search/SlurmSearch.h"

namespace sightline {

/// A Slurm whose tasks are threads of the test, `atOnce` of them at a time. It keeps no accounts.
class FakeSlurm {
public:
    /// What a task does, and the state it ends in.
    using Task = std::function<std::string(const std::string& task, std::stop_token stop)>;
    explicit FakeSlurm(Task task) : m_task(std::move(task)) {}
    ~FakeSlurm() { join(); }

    Slurm slurm() {
        return Slurm([this](const std::vector<std::string>& command) { return answer(command); });
    }
    std::string refusal; ///< of sbatch, where it takes no jobs
    std::vector<int> sizes() const {
        const std::lock_guard lock(m_mutex);
        return m_sizes;
    }
    bool wasCancelled() const { return m_cancel.stop_requested(); }

private:
    Result<ProgramAnswer> answer(const std::vector<std::string>& command) {
        if (command[0] == "sbatch")
            return submit(command);
        if (command[0] == "squeue")
            return ProgramAnswer{0, toText(Json{{"jobs", jobs()}}), ""};
        if (command[0] == "scancel") {
            m_cancel.request_stop();
            return ProgramAnswer{};
        }
        return ProgramAnswer{1, "", command[0] + ": error: Slurm accounting storage is disabled"};
    }

    ProgramAnswer submit(const std::vector<std::string>& command) {
        if (!refusal.empty())
            return {1, "", "sbatch: error: " + refusal};
        int last = 0, atOnce = 1;
        for (const std::string& word : command)
            std::sscanf(word.c_str(), "--array=0-%d%%%d", &last, &atOnce);
        join();
        const std::lock_guard lock(m_mutex);
        m_sizes.push_back(last + 1);
        m_states.assign(static_cast<std::size_t>(last) + 1, "PENDING");
        m_next = 0;
        const int job = static_cast<int>(m_sizes.size());
        for (int i = 0; i < atOnce; ++i)
            m_threads.emplace_back([this, job] { work(job); });
        return {0, std::to_string(job) + "\n", ""};
    }

    void work(int job) {
        for (;;) {
            const std::size_t index = m_next++;
            if (!enter(index, "RUNNING"))
                return;
            const std::string end = m_task(std::to_string(job) + "_" + std::to_string(index), m_cancel.get_token());
            enter(index, m_cancel.stop_requested() ? "CANCELLED" : end);
        }
    }

    bool enter(std::size_t index, const std::string& state) {
        const std::lock_guard lock(m_mutex);
        if (index < m_states.size())
            m_states[index] = state == "RUNNING" && m_cancel.stop_requested() ? "CANCELLED" : state;
        return index < m_states.size() && !(state == "RUNNING" && m_cancel.stop_requested());
    }

    Json jobs() const {
        const std::lock_guard lock(m_mutex);
        Json jobs = Json::array();
        for (std::size_t index = 0; index < m_states.size(); ++index)
            jobs.push_back({{"array_job_id", m_sizes.size()},
                            {"array_task_id", index},
                            {"job_state",
                             m_cancel.stop_requested() && m_states[index] == "PENDING" ? "CANCELLED" : m_states[index]},
                            {"state_reason", "None"}});
        return jobs;
    }

    void join() {
        for (std::thread& thread : std::exchange(m_threads, {}))
            thread.join();
    }

    Task m_task;
    std::stop_source m_cancel;
    mutable std::mutex m_mutex;
    std::vector<int> m_sizes; ///< of each job
    std::vector<std::string> m_states;
    std::atomic<std::size_t> m_next{0};
    std::vector<std::thread> m_threads;
};

} // namespace sightline
