// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/ContentDigest.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <exception>
#include <new>

#include "support/Workers.h"

namespace sightline {

namespace {

constexpr std::size_t kPart = std::size_t{64} << 10;
constexpr std::size_t kProgressEvery = 256;

bool readWhole(int descriptor, char* to, std::size_t count, std::uint64_t from) {
    while (count > 0) {
        const ssize_t got = ::pread(descriptor, to, count, static_cast<off_t>(from));
        if (got <= 0)
            return false;
        to += got;
        count -= static_cast<std::size_t>(got);
        from += static_cast<std::uint64_t>(got);
    }
    return true;
}

std::optional<ContentDigest> digestOfFile(const std::filesystem::path& file) {
    // O_NONBLOCK: a pipe that lies among the images must not keep us waiting.
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return {};
    std::optional<ContentDigest> digest;
    struct stat status {};
    if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
        const auto size = static_cast<std::uint64_t>(status.st_size);
        std::array<char, 2 * kPart> parts;
        const bool whole = size <= parts.size();
        const std::size_t used = whole ? static_cast<std::size_t>(size) : parts.size();
        if (whole ? readWhole(descriptor, parts.data(), used, 0)
                  : readWhole(descriptor, parts.data(), kPart, 0) &&
                        readWhole(descriptor, parts.data() + kPart, kPart, size - kPart))
            digest = ContentDigest{size, XXH3_64bits(parts.data(), used)};
    }
    ::close(descriptor);
    return digest;
}

/// What the sample holds; where a library throws over it, it is as one that cannot be read.
Result<std::vector<std::uint8_t>> bytesOf(const ImageSource& source, const Sample& sample) {
    try {
        return source.bytes(sample);
    } catch (const std::bad_alloc&) {
        throw; // no fault of this sample
    } catch (const std::exception& exception) {
        return Error{sample.path + " cannot be read: " + exception.what()};
    }
}

/// Work on each number below `count`, in no order. What it throws is thrown here.
void forEach(std::size_t count, int threads, const std::stop_token& stop,
             const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    const std::size_t useful = std::min(static_cast<std::size_t>(std::max(1, threads)), count / 64 + 1);
    runOnThreads(static_cast<int>(useful), [&](int) {
        for (std::size_t i = next++; i < count && !stop.stop_requested(); i = next++)
            work(i);
    });
}

} // namespace

std::string ContentDigest::text() const {
    std::array<char, 17> digits{};
    std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(hash));
    return digits.data();
}

ContentDigest digestOf(std::string_view bytes) {
    if (bytes.size() <= 2 * kPart)
        return {bytes.size(), XXH3_64bits(bytes.data(), bytes.size())};
    std::string parts(bytes.substr(0, kPart));
    parts += bytes.substr(bytes.size() - kPart);
    return {bytes.size(), XXH3_64bits(parts.data(), parts.size())};
}

std::optional<ContentDigest> digestOf(const ImageSource& source, const Sample& sample) {
    if (const std::filesystem::path file = source.file(sample); !file.empty())
        return digestOfFile(file);
    const auto bytes = bytesOf(source, sample);
    if (!bytes)
        return {};
    return digestOf(std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size()));
}

ContentDigests digestsOf(const Dataset& dataset, const std::vector<std::uint32_t>& indices, int threads,
                         std::stop_token stop, const Progress& progress) {
    ContentDigests digests(indices.size());
    std::atomic<std::size_t> done{0};
    forEach(indices.size(), threads, stop, [&](std::size_t i) {
        digests[i] = digestOf(*dataset.source, dataset.samples[indices[i]]);
        if (const std::size_t count = ++done; count % kProgressEvery == 0 && progress)
            progress(count, indices.size());
    });
    return digests;
}

std::uint64_t contentKeyOf(const ImageSource& source, const Sample& sample) {
    std::array<std::uint64_t, 3> state{}; // size, hash, date
    if (const std::filesystem::path file = source.file(sample); !file.empty()) {
        const std::optional<ContentDigest> digest = digestOfFile(file);
        if (!digest)
            return 0;
        state = {digest->bytes, digest->hash, 0};
        struct stat status {};
        if (digest->bytes > 2 * kPart && ::stat(file.c_str(), &status) == 0)
            state[2] = static_cast<std::uint64_t>(status.st_mtim.tv_sec) * 1000000000u +
                       static_cast<std::uint64_t>(status.st_mtim.tv_nsec);
    } else {
        const auto bytes = bytesOf(source, sample);
        if (!bytes)
            return 0;
        state = {bytes->size(), XXH3_64bits(bytes->data(), bytes->size()), 0};
    }
    return std::max<std::uint64_t>(1, XXH3_64bits(state.data(), sizeof state));
}

std::vector<std::uint64_t> contentKeysOf(const Dataset& dataset, const std::vector<std::uint32_t>& indices, int threads,
                                         std::stop_token stop) {
    std::vector<std::uint64_t> keys(indices.size());
    forEach(indices.size(), threads, stop,
            [&](std::size_t i) { keys[i] = contentKeyOf(*dataset.source, dataset.samples[indices[i]]); });
    return keys;
}

} // namespace sightline
