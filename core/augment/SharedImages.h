// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

#include "augment/DecodedCache.h"
#include "data/Dataset.h"
#include "experiment/Experiment.h"

namespace sightline {

/// Images that runs of one process train on one after the other, or side by side: opened and decoded once. The images
/// of the `data` block that was asked for last are kept, so that memory holds one set. Thread-safe.
class SharedImages {
public:
    /// openWithOverlay(), strict, or what it gave for the same `data` block (and seed, where that cuts the images).
    Result<Dataset> open(const std::filesystem::path& home, const Experiment& experiment, std::stop_token stop);
    /// The decoded images of a data set with so many samples, in the order of open().
    std::shared_ptr<DecodedCache> decoded(const Experiment& experiment, std::size_t samples, const CacheLimits& limits);

private:
    struct Key {
        DataSettings data;
        std::uint64_t seed = 0; ///< 0 where it cuts nothing
        bool operator==(const Key&) const = default;
    };
    static Key keyOf(const Experiment& experiment);
    void turnTo(const Key& key); ///< forgets the images of another key

    std::mutex m_mutex;
    Key m_key;
    std::optional<Dataset> m_dataset;
    std::shared_ptr<DecodedCache> m_decoded;
    std::size_t m_samples = 0; ///< of m_decoded
};

} // namespace sightline
