// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/Ranks.h"

#ifdef SIGHTLINE_C10D

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <torch/types.h>

#include "engine/train/RankPulse.h"
#include "support/Words.h"

namespace sightline::engine {

namespace {

using Clock = std::chrono::steady_clock;
using Gloo = c10::intrusive_ptr<c10d::ProcessGroupGloo>;

constexpr std::chrono::seconds kJoin(50);
constexpr std::chrono::milliseconds kLook(500); ///< how often whoever waits looks whether the others live
constexpr std::chrono::hours kForever(24 * 365);

/// The store that c10d's processes find each other by, as the pulse needs it.
class TcpMarks : public RankMarks {
public:
    explicit TcpMarks(c10::intrusive_ptr<c10d::TCPStore> store) : m_store(std::move(store)) {}

    std::int64_t add(const std::string& name, std::int64_t amount) override { return m_store->add(name, amount); }
    void set(const std::string& name, const std::string& text) override {
        m_store->set(name, std::vector<std::uint8_t>(text.begin(), text.end()));
    }
    std::optional<std::string> find(const std::string& name) override {
        if (!m_store->check({name}))
            return {};
        const std::vector<std::uint8_t> bytes = m_store->get(name);
        return std::string(bytes.begin(), bytes.end());
    }

private:
    c10::intrusive_ptr<c10d::TCPStore> m_store;
};

/// This machine's address on the way to another one; empty where that cannot be found out.
std::string ownAddress(const RankPlace& place) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(place.address.c_str(), std::to_string(place.port).c_str(), &hints, &found) != 0)
        return {};
    std::string address;
    for (const addrinfo* one = found; one && address.empty(); one = one->ai_next) {
        const int handle = socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol);
        if (handle < 0)
            continue;
        sockaddr_storage own{};
        socklen_t length = sizeof own;
        char text[NI_MAXHOST];
        if (connect(handle, one->ai_addr, one->ai_addrlen) == 0 && // sends nothing: the kernel chooses the way
            getsockname(handle, reinterpret_cast<sockaddr*>(&own), &length) == 0 &&
            getnameinfo(reinterpret_cast<sockaddr*>(&own), length, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0)
            address = text;
        ::close(handle);
    }
    freeaddrinfo(found);
    return address;
}

/// GLOO_SOCKET_IFNAME names a network interface, as everywhere with Gloo.
std::shared_ptr<::gloo::transport::Device> deviceFor(const RankPlace& place) {
    if (const char* interface = std::getenv("GLOO_SOCKET_IFNAME"); interface && *interface)
        return c10d::ProcessGroupGloo::createDeviceForInterface(interface);
    const std::string address = ownAddress(place);
    return address.empty() ? c10d::ProcessGroupGloo::createDefaultDevice()
                           : c10d::ProcessGroupGloo::createDeviceForHostname(address);
}

/// One thread, so that sums of a group run one after the other, each with all of the network.
Gloo groupOf(const c10::intrusive_ptr<c10d::TCPStore>& store, const RankPlace& place, const char* name) {
    auto options = c10d::ProcessGroupGloo::Options::create(kForever); // the pulse tells who is gone
    options->devices = {deviceFor(place)};
    options->threads = 1;
    auto names = c10::make_intrusive<c10d::PrefixStore>(name, store);
    return c10::make_intrusive<c10d::ProcessGroupGloo>(names, place.rank, place.size, std::move(options));
}

/// What a library says, without the place in its source that it begins with: "[pair.cc:598] Connection closed".
std::string firstLine(const char* text) {
    std::string line = text;
    line.resize(std::min(line.size(), line.find('\n')));
    if (const std::size_t end = line.find("] "); line.starts_with('[') && end != std::string::npos)
        line.erase(0, end + 2);
    return line;
}

template <typename T>
torch::Tensor viewOf(std::span<T> values, torch::Dtype type) {
    return torch::from_blob(values.data(), {static_cast<std::int64_t>(values.size())}, type);
}

class GlooRanks : public Ranks {
public:
    GlooRanks(const RankPlace& place, const c10::intrusive_ptr<c10d::TCPStore>& store, Gloo words, Gloo sums)
        : m_place(place), m_words(std::move(words)), m_sums(std::move(sums)),
          m_pulse(std::make_unique<TcpMarks>(store), place.rank, place.size) {}

    /// What is under way with somebody who has gone is never done: its threads and connections go with the process.
    ~GlooRanks() override {
        if (m_isClosed)
            return;
        m_words.release();
        m_sums.release();
    }

    int rank() const override { return m_place.rank; }
    int size() const override { return m_place.size; }

    std::unique_ptr<Pending> beginSum(std::span<float> values) override {
        std::vector<torch::Tensor> tensors{viewOf(values, torch::kFloat)};
        return std::make_unique<Sum>(*this, guarded([&] { return m_sums->allreduce(tensors); }));
    }
    void sum(std::span<double> values) override {
        std::vector<torch::Tensor> tensors{viewOf(values, torch::kDouble)};
        await(*guarded([&] { return m_words->allreduce(tensors); }));
    }

    std::vector<double> gather(std::span<const double> mine) override {
        std::vector<double> all(mine.size() * static_cast<std::size_t>(size()));
        gatherInto(viewOf(std::span(const_cast<double*>(mine.data()), mine.size()), torch::kDouble),
                   viewOf(std::span(all), torch::kDouble));
        return all;
    }
    std::vector<std::string> gather(const std::string& mine) override {
        const double length = static_cast<double>(mine.size());
        const std::vector<double> lengths = gather(std::span(&length, 1));
        const auto longest = static_cast<std::size_t>(*std::max_element(lengths.begin(), lengths.end()));
        std::vector<std::string> texts;
        std::string padded = mine, all(longest * lengths.size(), '\0');
        padded.resize(longest);
        if (longest > 0)
            gatherInto(viewOf(std::span(padded), torch::kByte), viewOf(std::span(all), torch::kByte));
        for (std::size_t i = 0; i < lengths.size(); ++i)
            texts.push_back(all.substr(i * longest, static_cast<std::size_t>(lengths[i])));
        return texts;
    }

    void share(std::span<float> values, int from) override { shareTensor(viewOf(values, torch::kFloat), from); }
    std::string fromFirst(const std::string& said) override {
        double length = static_cast<double>(said.size());
        shareTensor(viewOf(std::span(&length, 1), torch::kDouble), 0);
        std::string text = isFirst() ? said : std::string(static_cast<std::size_t>(length), '\0');
        if (!text.empty())
            shareTensor(viewOf(std::span(text), torch::kByte), 0);
        return text;
    }

    void close() override {
        await(*guarded([&] { return m_words->barrier(); }));
        m_pulse.close();
        m_isClosed = true;
    }
    void leave(const std::string& reason) override { m_pulse.leave(reason); }

private:
    class Sum : public Pending {
    public:
        Sum(GlooRanks& ranks, c10::intrusive_ptr<c10d::Work> work) : m_ranks(ranks), m_work(std::move(work)) {}
        void wait() override { m_ranks.await(*m_work); }

    private:
        GlooRanks& m_ranks;
        c10::intrusive_ptr<c10d::Work> m_work;
    };

    template <typename Begin>
    auto guarded(Begin begin) -> decltype(begin()) {
        try {
            return begin();
        } catch (const std::exception& error) {
            throw RankLost(m_pulse.whyGone(firstLine(error.what())));
        }
    }

    void await(c10d::Work& work) {
        for (;;) {
            try {
                work.wait(kLook);
                return;
            } catch (const std::exception& error) {
                if (work.isCompleted() && !work.isSuccess()) // else it was only not done yet when this was thrown
                    throw RankLost(m_pulse.whyGone(firstLine(error.what())));
            }
            if (const std::string gone = m_pulse.gone(); !gone.empty())
                throw RankLost(gone);
        }
    }

    void gatherInto(const torch::Tensor& mine, const torch::Tensor& all) {
        std::vector<torch::Tensor> given{mine};
        std::vector<std::vector<torch::Tensor>> places{all.chunk(size())};
        await(*guarded([&] { return m_words->allgather(places, given); }));
    }
    void shareTensor(const torch::Tensor& values, int from) {
        std::vector<torch::Tensor> tensors{values};
        c10d::BroadcastOptions options;
        options.rootRank = from;
        await(*guarded([&] { return m_words->broadcast(tensors, options); }));
    }

    RankPlace m_place;
    Gloo m_words, m_sums;
    RankPulse m_pulse;
    bool m_isClosed = false;
};

/// Rank 0 keeps the store, all others find it. Throws where it cannot be reached in time.
c10::intrusive_ptr<c10d::TCPStore> storeAt(const RankPlace& place) {
    c10d::TCPStoreOptions options;
    options.port = static_cast<std::uint16_t>(place.port);
    options.isServer = place.rank == 0;
    options.timeout = kJoin;
    options.waitWorkers = false;
    return c10::make_intrusive<c10d::TCPStore>(place.address, options);
}

/// How many processes have come, once that are all or the time is over.
std::int64_t arrived(c10d::TCPStore& store, const RankPlace& place, Clock::time_point until) {
    constexpr const char* kHere = "here";
    std::int64_t here = store.add(kHere, 1);
    for (; here < place.size && Clock::now() < until; here = store.add(kHere, 0))
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return here;
}

} // namespace

Result<std::unique_ptr<Ranks>> joinRanks(const RankPlace& place) {
    const Clock::time_point until = Clock::now() + kJoin;
    const std::string self = "Rank " + std::to_string(place.rank) + " of " + std::to_string(place.size),
                      where = place.address + ":" + std::to_string(place.port) + " (MASTER_ADDR, MASTER_PORT)",
                      time = " within " + std::to_string(kJoin.count()) + " seconds";
    c10::intrusive_ptr<c10d::TCPStore> store;
    try {
        store = storeAt(place);
        if (const std::int64_t here = arrived(*store, place, until); here < place.size)
            return Error{"Only " + std::to_string(here) + " of " + std::to_string(place.size) + " processes came to " +
                         where + time + "; see why the others ended, and start them again."};
    } catch (const std::exception& error) {
        return Error{self + (place.rank == 0 ? " cannot listen at " : " did not find rank 0 at ") + where + time +
                     ": " + firstLine(error.what())};
    }
    // Apart, so that it can be left where somebody goes in the middle of it.
    auto groups = std::make_shared<std::promise<std::pair<Gloo, Gloo>>>();
    std::future<std::pair<Gloo, Gloo>> made = groups->get_future();
    std::thread([groups, store, place] {
        try {
            Gloo words = groupOf(store, place, "words");
            groups->set_value({std::move(words), groupOf(store, place, "sums")});
        } catch (...) {
            groups->set_exception(std::current_exception());
        }
    }).detach();
    const std::string unconnected = self + " cannot connect to the others; the machines must reach each other's "
                                           "ports (GLOO_SOCKET_IFNAME names the network)";
    if (made.wait_for(kJoin) != std::future_status::ready)
        return Error{unconnected + "."};
    try {
        auto [words, sums] = made.get();
        return std::unique_ptr<Ranks>(new GlooRanks(place, store, std::move(words), std::move(sums)));
    } catch (const std::exception& error) {
        return Error{unconnected + ": " + firstLine(error.what())};
    }
}

} // namespace sightline::engine

#else

namespace sightline::engine {

Result<std::unique_ptr<Ranks>> joinRanks(const RankPlace&) {
    return Error{"This program's LibTorch cannot train with several processes (it has no c10d); unset RANK and "
                 "WORLD_SIZE, or build against a LibTorch with Gloo (docs/many-machines.md)."};
}

} // namespace sightline::engine

#endif

namespace sightline::engine {

Result<void> agreed(Ranks& ranks, const Result<void>& mine) {
    const std::vector<std::string> all = ranks.gather(mine ? std::string() : mine.error().message);
    double kind = mine ? 0 : static_cast<double>(mine.error().kind);
    const std::vector<double> kinds = ranks.gather(std::span<const double>(&kind, 1));
    for (std::size_t i = 0; i < all.size(); ++i)
        if (!all[i].empty())
            return Error{(static_cast<int>(i) == ranks.rank() || i == 0 ? "" : "Rank " + std::to_string(i) + ": ") +
                             all[i],
                         static_cast<ErrorKind>(static_cast<int>(kinds[i]))};
    return {};
}

} // namespace sightline::engine
