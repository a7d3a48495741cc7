// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "search/SlurmSearch.h"

namespace sightline {

/// A Slurm whose tasks are threads of the test, `atOnce` of them at a time. It keeps no accounts.
class FakeSlurm {
public:
    /// What a task does, and the state it ends in.
    using Task = std::function<std::string(const std::string& task, std::stop_token stop)>;
    explicit FakeSlurm(Task task) : m_task(std::move(task)) {}
    ~FakeSlurm() {
        static_cast<void>(answer({"scancel"}));
        join();
    }

    Slurm slurm() {
        return Slurm([this](const std::vector<std::string>& command) { return answer(command); });
    }
    std::string refusal; ///< of sbatch, where it takes no jobs
    std::vector<int> sizes() const {
        const std::lock_guard lock(m_mutex);
        return m_sizes;
    }
    bool wasCancelled() const { return m_cancel.stop_requested(); }
    int requeued() const { return m_requeued; } ///< tasks that were held on their way

private:
    Result<ProgramAnswer> answer(const std::vector<std::string>& command) {
        if (command[0] == "sbatch")
            return submit(command);
        const std::lock_guard lock(m_mutex);
        if (command[0] == "squeue")
            return ProgramAnswer{0, toText(Json{{"jobs", jobs()}}), ""};
        if (command[0] == "scancel") {
            m_cancel.request_stop();
            for (std::stop_source& stop : m_stops)
                stop.request_stop();
        } else if (command[0] == "scontrol") {
            control(command[1], command[2]);
        } else {
            return ProgramAnswer{1, "", command[0] + ": error: Slurm accounting storage is disabled"};
        }
        m_changed.notify_all();
        return ProgramAnswer{};
    }

    void control(const std::string& what, const std::string& of) {
        m_isHeld = what != "release";
        const std::size_t index = what == "requeuehold" ? std::stoul(of.substr(of.find('_') + 1)) : m_states.size();
        if (index >= m_states.size() || m_states[index] != "RUNNING")
            return;
        m_states[index] = "PENDING";
        m_stops[index].request_stop();
        ++m_requeued;
    }

    ProgramAnswer submit(const std::vector<std::string>& command) {
        if (!refusal.empty())
            return {1, "", "sbatch: error: " + refusal};
        int last = 0, atOnce = 1;
        for (const std::string& word : command)
            std::sscanf(word.c_str(), "--array=0-%d%%%d", &last, &atOnce);
        join();
        const std::lock_guard lock(m_mutex);
        const std::size_t tasks = static_cast<std::size_t>(last) + 1;
        m_sizes.push_back(last + 1);
        m_states.assign(tasks, "PENDING");
        m_stops.assign(tasks, std::stop_source());
        m_next = 0;
        const int job = static_cast<int>(m_sizes.size());
        for (int i = 0; i < atOnce; ++i)
            m_threads.emplace_back([this, job, tasks] { work(job, tasks); });
        return {0, std::to_string(job) + "\n", ""};
    }

    void work(int job, std::size_t tasks) {
        for (std::size_t index = m_next++; index < tasks; index = m_next++)
            while (const std::optional<std::stop_token> stop = enter(index))
                if (!isRequeued(index, m_task(std::to_string(job) + "_" + std::to_string(index), *stop)))
                    break;
    }

    /// Waits while the job is held; nothing: it is cancelled.
    std::optional<std::stop_token> enter(std::size_t index) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return !m_isHeld || m_cancel.stop_requested(); });
        m_states[index] = m_cancel.stop_requested() ? "CANCELLED" : "RUNNING";
        if (m_cancel.stop_requested())
            return std::nullopt;
        m_stops[index] = std::stop_source();
        return m_stops[index].get_token();
    }

    bool isRequeued(std::size_t index, const std::string& end) {
        const std::lock_guard lock(m_mutex);
        if (m_states[index] == "PENDING")
            return true;
        m_states[index] = m_cancel.stop_requested() ? "CANCELLED" : end;
        return false;
    }

    Json jobs() const {
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
    std::condition_variable m_changed;
    std::vector<int> m_sizes; ///< of each job
    std::vector<std::string> m_states;
    std::vector<std::stop_source> m_stops; ///< of each task
    bool m_isHeld = false;
    std::atomic<int> m_requeued{0};
    std::atomic<std::size_t> m_next{0};
    std::vector<std::thread> m_threads;
};

} // namespace sightline
