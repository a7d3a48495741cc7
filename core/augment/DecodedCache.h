// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "support/Image.h"

namespace sightline {

/// What a loader may keep of decoded images.
struct CacheLimits {
    std::size_t memoryBytes = std::size_t{1} << 30;
    std::filesystem::path folder; ///< where a file may take what memory does not; empty: nowhere
    std::uint64_t fileBytes = 0;  ///< of that file; it leaves half of the disk's free space alone in any case

    bool operator==(const CacheLimits&) const = default;
};

/// Decoded images at the data's size: in memory up to a limit, then in a file. What fits in neither is decoded again
/// each time.
///
/// The file has no name (it is unlinked as soon as it is open), so that programs never share or inherit one and nothing
/// is left behind, whatever ends the process. A folder that cannot be written and a full disk are no errors: note()
/// says so. Thread-safe.
class DecodedCache {
public:
    DecodedCache(std::size_t samples, CacheLimits limits);
    ~DecodedCache();
    DecodedCache(const DecodedCache&) = delete;
    DecodedCache& operator=(const DecodedCache&) = delete;

    /// The image kept for a sample, or null.
    std::shared_ptr<const Image> find(std::uint32_t sample) const;
    /// Keeps it where there is room; once kept, a sample stays.
    void keep(std::uint32_t sample, const std::shared_ptr<const Image>& image);

    /// One sentence on why images are not kept that would have had room by the limits; empty where there is nothing to
    /// say.
    std::string note() const;
    std::uint64_t bytesInMemory() const;
    std::uint64_t bytesInFile() const;

private:
    struct Private;
    std::unique_ptr<Private> m;
};

} // namespace sightline
