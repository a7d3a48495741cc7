// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "data/ArchiveTree.h"
#include "data/LibArchive.h"
#include "support/Download.h"
#include "support/Files.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostMembers = 5'000'000, kPart = std::size_t{1} << 20, kBlock = 64 * 1024;

struct Descriptor {
    int number = -1;
    explicit Descriptor(const fs::path& file) : number(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number >= 0)
            ::close(number);
    }
};

/// One member's bytes on their way from the file to libarchive.
struct Window {
    int descriptor = -1;
    std::uint64_t at = 0;
    std::string block;
};

la_ssize_t readWindow(archive*, void* data, const void** bytes) {
    auto& window = *static_cast<Window*>(data);
    const ssize_t got =
        ::pread(window.descriptor, window.block.data(), window.block.size(), static_cast<off_t>(window.at));
    if (got > 0)
        window.at += static_cast<std::uint64_t>(got);
    *bytes = window.block.data();
    return got;
}

/// A plain .tar: members by the offset of their header.
class TarTree : public ArchiveTree {
public:
    /// `packed` is the file a person knows, `tar` the plain one (the same, or in the cache).
    TarTree(const fs::path& packed, const fs::path& tar) : ArchiveTree(packed), m_tar(tar), m_descriptor(tar) {}

    Result<void> index(std::stop_token stop, const Progress& progress) {
        const ArchiveReader reader(archive_read_new());
        archive_read_support_format_tar(reader.get());
        archive_read_support_format_gnutar(reader.get());
        if (archive_read_open_filename(reader.get(), m_tar.c_str(), kBlock) != ARCHIVE_OK)
            return badInput(file().string() + " cannot be read as a .tar: " + reasonOf(reader.get()) + ".");
        archive_entry* entry = nullptr;
        std::size_t count = 0;
        int state = ARCHIVE_OK;
        while ((state = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK || state == ARCHIVE_WARN) {
            if (stop.stop_requested())
                return cancelled();
            if (++count > kMostMembers)
                return badInput(file().string() + " has more than " + std::to_string(kMostMembers) + " members.");
            take(entry, static_cast<std::uint64_t>(archive_read_header_position(reader.get())));
            if (progress && count % 1024 == 0)
                progress(count, 0);
        }
        if (state != ARCHIVE_EOF)
            leaveOut(file().string(), "truncated",
                     "is damaged or truncated (" + reasonOf(reader.get()) + "); the files before that point are used");
        finish();
        if (size() == 0)
            return badInput(file().string() + (state == ARCHIVE_EOF
                                                   ? " contains no files."
                                                   : " is not a .tar, or is damaged: " + reasonOf(reader.get()) + "."));
        return {};
    }

protected:
    Result<std::string> bytes(const std::string& shownName, const Member& member) const override {
        const ArchiveReader reader(archive_read_new());
        archive_read_support_format_tar(reader.get());
        archive_read_support_format_gnutar(reader.get());
        Window window{m_descriptor.number, member.place,
                      std::string(std::min<std::size_t>(kPart, static_cast<std::size_t>(member.size) + 4096), '\0')};
        archive_entry* entry = nullptr;
        if (archive_read_open(reader.get(), &window, nullptr, readWindow, nullptr) != ARCHIVE_OK ||
            archive_read_next_header(reader.get(), &entry) < ARCHIVE_WARN)
            return badInput(shownName + " cannot be read: " + reasonOf(reader.get()) + ".");
        std::string all;
        while (all.size() < member.size) {
            const std::size_t had = all.size();
            all.resize(std::min<std::size_t>(member.size, had + kPart));
            const la_ssize_t got = archive_read_data(reader.get(), all.data() + had, all.size() - had);
            all.resize(had + static_cast<std::size_t>(std::max<la_ssize_t>(got, 0)));
            if (got <= 0)
                break;
        }
        if (all.size() != member.size)
            return badInput(shownName + " is truncated: " + std::to_string(all.size()) + " of " +
                            std::to_string(member.size) + " bytes are there.");
        return all;
    }

private:
    void take(archive_entry* entry, std::uint64_t place) {
        const char* path = archive_entry_pathname(entry);
        const std::string name = path ? path : "";
        const auto type = archive_entry_filetype(entry);
        if (type == AE_IFDIR)
            addFolder(name);
        else if (type != AE_IFREG || archive_entry_hardlink(entry))
            leaveOut(name, "link", "is a link or a device and is skipped");
        else
            add(name, {place, static_cast<std::uint64_t>(std::max<la_int64_t>(archive_entry_size(entry), 0))});
    }

    fs::path m_tar;
    Descriptor m_descriptor;
};

bool isPlainTar(const fs::path& file) {
    const ArchiveReader reader(archive_read_new());
    archive_read_support_format_tar(reader.get());
    archive_read_support_format_gnutar(reader.get());
    archive_entry* entry = nullptr;
    return archive_read_open_filename(reader.get(), file.c_str(), kBlock) == ARCHIVE_OK &&
           archive_read_next_header(reader.get(), &entry) >= ARCHIVE_WARN;
}

/// Where the plain form of a compressed .tar is kept: by path, size and time, so that another file is unpacked anew.
fs::path cachedName(const fs::path& file, const fs::path& cache) {
    struct stat status {};
    ::stat(file.c_str(), &status);
    std::error_code code;
    const std::string key = fs::absolute(file, code).string() + "|" + std::to_string(status.st_size) + "|" +
                            std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
    std::uint64_t hash = 14695981039346656037u; // FNV-1a
    for (const char character : key)
        hash = (hash ^ static_cast<unsigned char>(character)) * 1099511628211u;
    char text[32];
    std::snprintf(text, sizeof(text), "%016llx.tar", static_cast<unsigned long long>(hash));
    return cache / text;
}

/// Makes room: what was used longest ago goes first.
void trim(const fs::path& cache, const fs::path& keep, std::uint64_t limit) {
    struct Kept {
        fs::file_time_type time;
        std::uint64_t bytes;
        fs::path path;
    };
    std::vector<Kept> all;
    std::uint64_t total = 0;
    std::error_code code;
    for (fs::directory_iterator item(cache, code), end; !code && item != end; item.increment(code)) {
        if (item->path().extension() != ".tar")
            continue;
        all.push_back({item->last_write_time(code), item->file_size(code), item->path()});
        total += all.back().bytes;
    }
    std::sort(all.begin(), all.end(), [](const Kept& a, const Kept& b) { return a.time < b.time; });
    for (const Kept& kept : all) {
        if (total <= limit)
            return;
        if (kept.path != keep && fs::remove(kept.path, code))
            total -= kept.bytes;
    }
}

/// A file that is deleted unless it is given its name.
class Temporary {
public:
    explicit Temporary(fs::path path) : m_path(std::move(path)), m_file(std::fopen(m_path.c_str(), "wbx")) {}
    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;
    ~Temporary() {
        if (m_file)
            std::fclose(m_file);
        ::unlink(m_path.c_str());
    }
    bool write(const std::string& bytes, std::size_t count) {
        return m_file && std::fwrite(bytes.data(), 1, count, m_file) == count;
    }
    bool finishAs(const fs::path& path) {
        const bool closed = m_file && std::fclose(std::exchange(m_file, nullptr)) == 0;
        return closed && ::rename(m_path.c_str(), path.c_str()) == 0;
    }

private:
    fs::path m_path;
    std::FILE* m_file;
};

Result<void> decompress(const fs::path& file, const fs::path& target, const ArchiveLimits& limits, std::stop_token stop,
                        const Progress& progress) {
    std::error_code code;
    const std::uint64_t packed = fs::file_size(file, code),
                        limit = std::max(limits.leastRoom, packed * limits.mostGrowth);
    const ArchiveReader reader(archive_read_new());
    supportCompressions(reader.get());
    archive_read_support_format_raw(reader.get());
    archive_entry* entry = nullptr;
    if (archive_read_open_filename(reader.get(), file.c_str(), kBlock) != ARCHIVE_OK ||
        archive_read_next_header(reader.get(), &entry) < ARCHIVE_WARN)
        return badInput(file.string() + " is damaged or truncated: " + reasonOf(reader.get()) + ".");
    Temporary temporary(target.string() + ".tmp" + std::to_string(::getpid()));
    std::string part(kPart, '\0');
    std::uint64_t total = 0;
    la_ssize_t got = 0;
    while ((got = archive_read_data(reader.get(), part.data(), part.size())) > 0) {
        if (stop.stop_requested())
            return cancelled();
        total += static_cast<std::uint64_t>(got);
        if (total > limit)
            return badInput(file.string() + " unpacks to more than " + bytesText(limit) +
                            ", many times its size; unpack it yourself if you trust it.");
        if (!temporary.write(part, static_cast<std::size_t>(got)))
            return Error{"Unpacking " + file.string() + " into " + target.parent_path().string() +
                         " failed; is the disk full?"};
        if (progress)
            progress(static_cast<std::size_t>(archive_filter_bytes(reader.get(), -1)),
                     static_cast<std::size_t>(packed));
    }
    if (got < 0)
        return badInput(file.string() + " is damaged or truncated: " + reasonOf(reader.get()) + ".");
    if (!temporary.finishAs(target))
        return Error{"Unpacking " + file.string() + " into " + target.parent_path().string() +
                     " failed; is the disk full?"};
    return {};
}

} // namespace

Result<FileTreePtr> openTar(const fs::path& file, const fs::path& cache, const ArchiveLimits& limits,
                            std::stop_token stop, const Progress& progress) {
    fs::path tar = file;
    if (!isPlainTar(file)) {
        tar = cachedName(file, cache);
        std::error_code code;
        if (!fs::exists(tar, code)) {
            if (const Result<void> made = makeFolder(cache); !made)
                return made.error();
            if (const Result<void> done = decompress(file, tar, limits, stop, progress); !done)
                return done.error();
        }
        fs::last_write_time(tar, fs::file_time_type::clock::now(), code);
        trim(cache, tar, limits.cacheBytes);
    }
    auto tree = std::make_shared<TarTree>(file, tar);
    if (const Result<void> indexed = tree->index(stop, progress); !indexed) {
        std::error_code code;
        if (tar != file && indexed.error().kind != ErrorKind::Cancelled)
            fs::remove(tar, code);
        return indexed.error();
    }
    return FileTreePtr(std::move(tree));
}

} // namespace sightline
