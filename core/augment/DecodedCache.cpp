// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/DecodedCache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <system_error>
#include <vector>

#include "support/Files.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

/// A file without a name in `folder`, or -1 with errno.
int openNameless(const fs::path& folder) {
    const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
        return file;
    std::string name = (folder / "decoded-XXXXXX").string(); // a file system without O_TMPFILE
    const int named = ::mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0)
        ::unlink(name.c_str());
    return named;
}

bool writeAll(int file, const std::vector<std::uint8_t>& bytes, std::uint64_t at) {
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t written = ::pwrite(file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(at + done));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        done += static_cast<std::size_t>(written);
    }
    return true;
}

bool readAll(int file, std::vector<std::uint8_t>& bytes, std::uint64_t at) {
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t read = ::pread(file, bytes.data() + done, bytes.size() - done, static_cast<off_t>(at + done));
        if (read < 0 && errno == EINTR)
            continue;
        if (read <= 0)
            return false;
        done += static_cast<std::size_t>(read);
    }
    return true;
}

/// Where in the file a sample's pixels lie.
struct Place {
    std::uint64_t at = 0;
    int height = 0, width = 0, channels = 0; ///< height 0: not there
};

} // namespace

struct DecodedCache::Private {
    Private(std::size_t samples, CacheLimits given) : limits(std::move(given)), images(samples) {}

    /// Opens the file on first need. False: there is none, and `note` says why.
    bool hasFile() {
        if (file >= 0)
            return true;
        if (gaveUp || limits.folder.empty() || limits.fileBytes == 0)
            return false;
        if (const Result<void> made = makeFolder(limits.folder); !made)
            return giveUp(made.error().message);
        file = openNameless(limits.folder);
        if (file < 0)
            return giveUp("The folder " + limits.folder.string() + " cannot be written (" + std::strerror(errno) +
                          ").");
        std::error_code error;
        if (const fs::space_info space = fs::space(limits.folder, error); !error)
            limits.fileBytes = std::min<std::uint64_t>(limits.fileBytes, space.available / 2);
        places.resize(images.size());
        return true;
    }
    bool giveUp(const std::string& reason) {
        gaveUp = true;
        sentence = reason + " Decoded images are kept in memory only; the others are decoded again each epoch.";
        return false;
    }

    mutable std::mutex mutex;
    CacheLimits limits;
    std::vector<std::shared_ptr<const Image>> images;
    std::uint64_t inMemory = 0;
    std::vector<Place> places;
    std::uint64_t inFile = 0;
    int file = -1;
    bool gaveUp = false; ///< no more is written; what is in the file is still read
    std::string sentence;
};

DecodedCache::DecodedCache(std::size_t samples, CacheLimits limits)
    : m(std::make_unique<Private>(samples, std::move(limits))) {}

DecodedCache::~DecodedCache() {
    if (m->file >= 0)
        ::close(m->file);
}

std::shared_ptr<const Image> DecodedCache::find(std::uint32_t sample) const {
    Place place;
    {
        std::lock_guard lock(m->mutex);
        if (m->images[sample])
            return m->images[sample];
        if (m->places.empty() || m->places[sample].height == 0)
            return nullptr;
        place = m->places[sample];
    }
    auto image = std::make_shared<Image>(place.height, place.width, place.channels);
    return readAll(m->file, image->pixels, place.at) ? image : nullptr;
}

void DecodedCache::keep(std::uint32_t sample, const std::shared_ptr<const Image>& image) {
    const std::uint64_t size = image->pixels.size();
    std::uint64_t at = 0;
    {
        std::lock_guard lock(m->mutex);
        if (m->images[sample] || (!m->places.empty() && m->places[sample].height != 0))
            return;
        if (m->inMemory + size <= m->limits.memoryBytes) {
            m->images[sample] = image;
            m->inMemory += size;
            return;
        }
        if (m->gaveUp || !m->hasFile() || m->inFile + size > m->limits.fileBytes)
            return;
        at = m->inFile;
        m->inFile += size; // the place is ours; others go on behind it
    }
    const bool written = writeAll(m->file, image->pixels, at);
    const int reason = errno;
    std::lock_guard lock(m->mutex);
    if (written)
        m->places[sample] = {at, image->height, image->width, image->channels};
    else if (!m->gaveUp)
        m->giveUp("The cache of decoded images in " + m->limits.folder.string() + " cannot grow (" +
                  std::strerror(reason) + ").");
}

std::string DecodedCache::note() const {
    std::lock_guard lock(m->mutex);
    return m->sentence;
}

std::uint64_t DecodedCache::bytesInMemory() const {
    std::lock_guard lock(m->mutex);
    return m->inMemory;
}

std::uint64_t DecodedCache::bytesInFile() const {
    std::lock_guard lock(m->mutex);
    return m->inFile;
}

} // namespace sightline
