// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <barrier>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "engine/train/Ranks.h"

namespace sightline::engine {

/// Ranks that are threads of one process: what they exchange lies in memory.
class ThreadRanks : public Ranks {
public:
    /// Runs `work` on so many threads, each with its Ranks, and waits for all. `areApart`: what the first makes and
    /// names the others do not find, as on another machine.
    static void run(int size, const std::function<void(Ranks&)>& work, bool areApart = false) {
        Meeting meeting(size);
        std::vector<std::jthread> threads;
        for (int rank = 0; rank < size; ++rank)
            threads.emplace_back([&meeting, &work, rank, size, areApart] {
                ThreadRanks ranks(meeting, rank, size, areApart);
                work(ranks);
            });
    }

    int rank() const override { return m_rank; }
    int size() const override { return m_size; }
    std::unique_ptr<Pending> beginSum(std::span<float> values) override { return std::make_unique<Sum>(*this, values); }
    void sum(std::span<double> values) override { add(values); }
    std::vector<double> gather(std::span<const double> mine) override {
        std::vector<double> all;
        exchange(std::string(reinterpret_cast<const char*>(mine.data()), mine.size_bytes()),
                 [&](const std::string& one) {
                     const auto* const values = reinterpret_cast<const double*>(one.data());
                     all.insert(all.end(), values, values + one.size() / sizeof(double));
                 });
        return all;
    }
    std::vector<std::string> gather(const std::string& mine) override {
        std::vector<std::string> all;
        exchange(mine, [&](const std::string& one) { all.push_back(one); });
        return all;
    }
    void share(std::span<float> values, int from) override {
        const auto all = gather(std::string(reinterpret_cast<const char*>(values.data()), values.size_bytes()));
        all[static_cast<std::size_t>(from)].copy(reinterpret_cast<char*>(values.data()), values.size_bytes());
    }
    std::string fromFirst(const std::string& said) override {
        const std::string first = gather(said).front();
        return m_areApart && m_rank > 0 && !first.empty() ? first + "-elsewhere" : first;
    }
    void throwIfLost() override {}
    void close() override {}
    void leave(const std::string&) override {}

private:
    struct Meeting {
        explicit Meeting(int size) : said(static_cast<std::size_t>(size)), point(size) {}
        std::vector<std::string> said;
        std::barrier<> point;
    };
    ThreadRanks(Meeting& meeting, int rank, int size, bool areApart)
        : m_meeting(meeting), m_rank(rank), m_size(size), m_areApart(areApart) {}

    /// Begun by all, done where it is waited for: in the same order everywhere.
    class Sum : public Pending {
    public:
        Sum(ThreadRanks& ranks, std::span<float> values) : m_ranks(ranks), m_values(values) {}
        void wait() override { m_ranks.add(m_values); }

    private:
        ThreadRanks& m_ranks;
        std::span<float> m_values;
    };

    void exchange(const std::string& mine, const std::function<void(const std::string&)>& hear) {
        m_meeting.said[static_cast<std::size_t>(m_rank)] = mine;
        m_meeting.point.arrive_and_wait();
        for (const std::string& one : m_meeting.said)
            hear(one);
        m_meeting.point.arrive_and_wait();
    }
    template <typename T>
    void add(std::span<T> values) {
        const std::string mine(reinterpret_cast<const char*>(values.data()), values.size_bytes());
        std::fill(values.begin(), values.end(), T(0));
        exchange(mine, [&](const std::string& one) {
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i] += reinterpret_cast<const T*>(one.data())[i];
        });
    }

    Meeting& m_meeting;
    int m_rank, m_size;
    bool m_areApart;
};

} // namespace sightline::engine
