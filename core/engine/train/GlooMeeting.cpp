// SPDX-License-Identifier: GPL-3.0-or-later
#ifdef SIGHTLINE_C10D

#include "engine/train/GlooMeeting.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>

namespace sightline::engine {

namespace {

using Clock = std::chrono::steady_clock;
using Gloo = c10::intrusive_ptr<c10d::ProcessGroupGloo>;

constexpr std::chrono::seconds kJoin(50);
constexpr std::chrono::hours kForever(24 * 365);

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

std::string spokenLine(const char* text) {
    std::string line = text;
    line.resize(std::min(line.size(), line.find('\n')));
    if (const std::size_t end = line.find("] "); line.starts_with('[') && end != std::string::npos)
        line.erase(0, end + 2);
    return line;
}

Result<GlooMeeting> meetRanks(const RankPlace& place) {
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
                     ": " + spokenLine(error.what())};
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
        return GlooMeeting{store, std::move(words), std::move(sums)};
    } catch (const std::exception& error) {
        return Error{unconnected + ": " + spokenLine(error.what())};
    }
}

} // namespace sightline::engine

#endif
