// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/PerceptualHash.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "support/Workers.h"

namespace sightline {

namespace {

constexpr int kSide = 32, kLumaSide = 16, kChromaSide = 4;
constexpr int kChunks = 4, kChunkBits = 16, kChunkValues = 1 << kChunkBits;
static_assert(kNearBits == 8, "masksOf() is made for it");

// looksAlike(): found on drawn toys (tests/data/tst_HealthCheck.cpp).
constexpr double kFlat = 2.5; ///< deviation of the luma below which there is nothing to recognise
constexpr double kCorrelation = 0.99;
constexpr int kChromaDifference = 7; ///< of 255, mean over the picture

struct Frequency {
    int x = 0, y = 0;
};

/// The 64 lowest frequencies after the mean, by x + y.
constexpr std::array<Frequency, 64> lowest() {
    std::array<Frequency, 64> found{};
    std::size_t count = 0;
    for (int sum = 1; count < found.size(); ++sum)
        for (int x = 0; x <= sum && count < found.size(); ++x)
            found[count++] = {x, sum - x};
    return found;
}
constexpr auto kFrequencies = lowest();

cv::Mat viewOf(const Image& image) {
    return {image.height, image.width, image.channels == 1 ? CV_8UC1 : CV_8UC3,
            const_cast<std::uint8_t*>(image.pixels.data())}; // only read
}

cv::Mat shrunk(const cv::Mat& from, int side) {
    cv::Mat to;
    cv::resize(from, to, {side, side}, 0, 0,
               from.rows >= side && from.cols >= side ? cv::INTER_AREA : cv::INTER_LINEAR);
    return to;
}

/// Neighbouring frequencies go to different chunks, so that a change of one band does not fill a chunk.
constexpr std::size_t bitOf(std::size_t frequency) {
    return frequency % kChunks * kChunkBits + frequency / kChunks;
}

std::array<std::uint64_t, 4> hashesOf(const cv::Mat& luma) {
    cv::Mat values, transformed;
    luma.convertTo(values, CV_32F);
    cv::dct(values, transformed);
    transformed.at<float>(0, 0) = 0;
    // Frequencies that a symmetrical picture lacks are noise about zero: a threshold beside zero keeps their bits
    // still.
    const auto threshold = static_cast<float>(std::max(3.0, 0.004 * cv::norm(transformed)));
    std::array<std::uint64_t, 4> hashes{};
    for (std::size_t i = 0; i < kFrequencies.size(); ++i) {
        const auto [x, y] = kFrequencies[i];
        const float value = transformed.at<float>(y, x);
        for (std::size_t mirror = 0; mirror < hashes.size(); ++mirror) {
            const bool negated = ((mirror & 1) != 0 && x % 2 == 1) != ((mirror & 2) != 0 && y % 2 == 1);
            if ((negated ? -value : value) > threshold)
                hashes[mirror] |= std::uint64_t{1} << bitOf(i);
        }
    }
    return hashes;
}

struct Moments {
    double mean = 0, deviation = 0;
};

Moments momentsOf(const std::array<std::uint8_t, 256>& luma) {
    std::uint32_t sum = 0, squares = 0;
    for (const std::uint32_t value : luma) {
        sum += value;
        squares += value * value;
    }
    const double mean = sum / 256.0;
    return {mean, std::sqrt(std::max(0.0, squares / 256.0 - mean * mean))};
}

template <std::size_t N>
void mirrorRows(std::array<std::uint8_t, N>& values, std::size_t side) {
    for (std::size_t row = 0; row < N; row += side)
        std::reverse(values.begin() + static_cast<std::ptrdiff_t>(row),
                     values.begin() + static_cast<std::ptrdiff_t>(row + side));
}

/// The luma and the colours as they are after one mirror; turning the whole list around mirrors both ways at once.
void mirror(Glance& glance, bool leftRight, bool topBottom) {
    if (topBottom) {
        std::reverse(glance.luma.begin(), glance.luma.end());
        std::reverse(glance.chroma.begin(), glance.chroma.begin() + 16);
        std::reverse(glance.chroma.begin() + 16, glance.chroma.end());
    }
    if (leftRight != topBottom) {
        mirrorRows(glance.luma, kLumaSide);
        mirrorRows(glance.chroma, kChromaSide);
    }
}

bool agrees(const Glance& a, const Glance& b, const Moments& ofA, const Moments& ofB) {
    std::uint32_t products = 0;
    for (std::size_t i = 0; i < a.luma.size(); ++i)
        products += std::uint32_t{a.luma[i]} * b.luma[i];
    if (products / 256.0 - ofA.mean * ofB.mean < kCorrelation * ofA.deviation * ofB.deviation)
        return false;
    int difference = 0;
    for (std::size_t i = 0; i < a.chroma.size(); ++i)
        difference += std::abs(int{a.chroma[i]} - int{b.chroma[i]});
    return difference <= kChromaDifference * static_cast<int>(a.chroma.size());
}

/// A hash with its place, so that a bucket is read from one line of memory.
struct Entry {
    std::uint64_t hash = 0;
    std::uint32_t index = 0;
};

/// One table of the index: the hashes with each value of one chunk, one after the other, by place.
struct ChunkTable {
    std::vector<std::uint32_t> begin = std::vector<std::uint32_t>(kChunkValues + 1);
    std::vector<Entry> entries;
};

std::uint32_t chunkOf(std::uint64_t hash, int chunk) {
    return static_cast<std::uint32_t>(hash >> (chunk * kChunkBits)) & (kChunkValues - 1);
}

ChunkTable tableOf(std::span<const std::array<std::uint64_t, 4>> hashes, int chunk) {
    ChunkTable table;
    for (const auto& hash : hashes)
        ++table.begin[chunkOf(hash[0], chunk) + 1];
    for (std::size_t value = 0; value < kChunkValues; ++value)
        table.begin[value + 1] += table.begin[value];
    table.entries.resize(hashes.size());
    std::vector<std::uint32_t> next(table.begin.begin(), table.begin.end() - 1);
    for (std::uint32_t i = 0; i < hashes.size(); ++i)
        table.entries[next[chunkOf(hashes[i][0], chunk)]++] = {hashes[i][0], i};
    return table;
}

/// Every value of at most two bits: none, then one, then two.
std::vector<std::uint32_t> probes() {
    std::vector<std::uint32_t> found{0};
    for (std::uint32_t a = 0; a < kChunkBits; ++a)
        found.push_back(1u << a);
    for (std::uint32_t a = 0; a < kChunkBits; ++a)
        for (std::uint32_t b = 0; b < a; ++b)
            found.push_back(1u << a | 1u << b);
    return found;
}

/// The masks that chunk `chunk` is searched with: of kNearBits = 8 differing bits in four chunks, either the first has
/// at most two or one of the others at most one.
std::size_t masksOf(int chunk, const std::vector<std::uint32_t>& masks) {
    return chunk == 0 ? masks.size() : 1 + kChunkBits;
}

/// Entries before `i` within kNearBits of `wanted`, but for those that an earlier chunk finds.
template <typename Found>
void search(const ChunkTable& table, int chunk, const std::vector<std::uint32_t>& masks, std::uint64_t wanted,
            std::uint32_t i, const Found& found) {
    const std::uint32_t value = chunkOf(wanted, chunk);
    for (std::size_t mask = 0; mask < masksOf(chunk, masks); ++mask) {
        const std::uint32_t bucket = value ^ masks[mask];
        for (std::uint32_t place = table.begin[bucket]; place < table.begin[bucket + 1]; ++place) {
            const Entry& entry = table.entries[place];
            if (entry.index >= i)
                break;
            const std::uint64_t difference = wanted ^ entry.hash;
            if (std::popcount(difference) > kNearBits)
                continue;
            bool earlier = false;
            for (int before = 0; before < chunk; ++before)
                earlier = earlier || std::popcount(chunkOf(difference, before)) <= (before == 0 ? 2 : 1);
            if (!earlier)
                found(entry.index);
        }
    }
}

} // namespace

Glance glanceOf(const Image& image) {
    Glance glance;
    if (image.empty())
        return glance;
    const cv::Mat small = shrunk(viewOf(image), kSide);
    cv::Mat luma = small;
    glance.chroma.fill(128);
    if (image.channels == 3) {
        cv::cvtColor(small, luma, cv::COLOR_RGB2GRAY);
        cv::Mat colors;
        cv::cvtColor(shrunk(small, kChromaSide), colors, cv::COLOR_RGB2YCrCb);
        for (std::size_t i = 0; i < 16; ++i) {
            const auto& pixel =
                colors.at<cv::Vec3b>(static_cast<int>(i) / kChromaSide, static_cast<int>(i) % kChromaSide);
            glance.chroma[i] = pixel[2];
            glance.chroma[16 + i] = pixel[1];
        }
    }
    glance.hashes = hashesOf(luma);
    const cv::Mat smaller = shrunk(luma, kLumaSide);
    std::copy_n(smaller.ptr<std::uint8_t>(), glance.luma.size(), glance.luma.begin());
    return glance;
}

bool looksAlike(const Glance& a, const Glance& b) {
    const Moments ofA = momentsOf(a.luma), ofB = momentsOf(b.luma);
    if (ofA.deviation < kFlat || ofB.deviation < kFlat)
        return false;
    for (std::size_t way = 0; way < a.hashes.size(); ++way) {
        if (std::popcount(a.hashes[way] ^ b.hashes[0]) > kNearBits)
            continue;
        Glance mirrored = a;
        mirror(mirrored, (way & 1) != 0, (way & 2) != 0);
        if (agrees(mirrored, b, ofA, ofB))
            return true;
    }
    return false;
}

void findNear(std::span<const std::array<std::uint64_t, 4>> hashes, int threads, const std::stop_token& stop,
              const NearFound& found) {
    std::vector<ChunkTable> tables;
    for (int chunk = 0; chunk < kChunks; ++chunk)
        tables.push_back(tableOf(hashes, chunk));
    const std::vector<std::uint32_t> masks = probes();
    std::atomic<std::uint32_t> next{0};
    runOnThreads(threads, [&](int thread) {
        for (std::uint32_t i = next++; i < hashes.size() && !stop.stop_requested(); i = next++)
            for (const std::uint64_t wanted : hashes[i])
                for (int chunk = 0; chunk < kChunks; ++chunk)
                    search(tables[static_cast<std::size_t>(chunk)], chunk, masks, wanted, i,
                           [&](std::uint32_t j) { found(static_cast<std::size_t>(thread), i, j); });
    });
}

} // namespace sightline
