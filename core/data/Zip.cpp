// SPDX-License-Identifier: GPL-3.0-or-later
#include <zip.h>

#include <memory>
#include <mutex>

#include "data/ArchiveTree.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr zip_int64_t kMostMembers = 5'000'000;
constexpr std::size_t kPart = std::size_t{1} << 20;

struct CloseZip {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseMember {
    void operator()(zip_file_t* member) const { zip_fclose(member); }
};
using ZipHandle = std::unique_ptr<zip_t, CloseZip>;

Result<ZipHandle> openHandle(const fs::path& file) {
    int code = 0;
    ZipHandle handle(zip_open(file.c_str(), ZIP_RDONLY, &code));
    if (handle)
        return handle;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    return badInput(file.string() + " cannot be read as a .zip: " + reason + ".");
}

bool isLink(zip_t* archive, zip_uint64_t index) {
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    if (zip_file_get_external_attributes(archive, index, 0, &system, &attributes) != 0 || system != ZIP_OPSYS_UNIX)
        return false;
    constexpr zip_uint32_t kTypeMask = 0170000, kRegular = 0100000, kFolder = 0040000;
    const zip_uint32_t type = attributes >> 16 & kTypeMask;
    return type != 0 && type != kRegular && type != kFolder;
}

/// A .zip by libzip: its directory at the end says where each member lies.
class ZipTree : public ArchiveTree {
public:
    ZipTree(const fs::path& path, ZipHandle handle) : ArchiveTree(path) { m_idle.push_back(std::move(handle)); }

    Result<void> index(std::stop_token stop) {
        zip_t* archive = m_idle.front().get();
        const zip_int64_t count = zip_get_num_entries(archive, 0);
        if (count > kMostMembers)
            return badInput(file().string() + " has more than " + std::to_string(kMostMembers) + " members.");
        for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
            if (stop.stop_requested())
                return cancelled();
            zip_stat_t status;
            if (zip_stat_index(archive, i, 0, &status) != 0 || !(status.valid & ZIP_STAT_NAME))
                continue;
            const std::string name = status.name;
            if (name.ends_with('/') || name.ends_with('\\'))
                addFolder(name);
            else if (status.valid & ZIP_STAT_ENCRYPTION_METHOD && status.encryption_method != ZIP_EM_NONE)
                return badInput(file().string() + " is encrypted; unpack it with its password and open the folder.");
            else if (isLink(archive, i))
                leaveOut(name, "link", "is a link and is skipped");
            else
                add(name, {i, status.valid & ZIP_STAT_SIZE ? status.size : 0});
        }
        finish();
        if (size() == 0)
            return badInput(file().string() + " contains no files.");
        return {};
    }

protected:
    Result<std::string> bytes(const std::string& shownName, const Member& member) const override {
        Result<ZipHandle> handle = borrow();
        if (!handle)
            return handle.error();
        Result<std::string> read = readFrom(handle->get(), shownName, member);
        const std::scoped_lock lock(m_mutex);
        m_idle.push_back(std::move(*handle));
        return read;
    }

private:
    /// A handle serves one thread at a time; there are as many as ever read at once.
    Result<ZipHandle> borrow() const {
        {
            const std::scoped_lock lock(m_mutex);
            if (!m_idle.empty()) {
                ZipHandle handle = std::move(m_idle.back());
                m_idle.pop_back();
                return handle;
            }
        }
        return openHandle(file());
    }

    Result<std::string> readFrom(zip_t* archive, const std::string& shownName, const Member& member) const {
        const std::unique_ptr<zip_file_t, CloseMember> stream(zip_fopen_index(archive, member.place, 0));
        if (!stream)
            return badInput(shownName + " cannot be unpacked: " + zip_strerror(archive) + ".");
        std::string all;
        while (all.size() < member.size) { // grown as it comes: the size is only a promise
            const std::size_t had = all.size();
            all.resize(std::min<std::size_t>(member.size, had + kPart));
            const zip_int64_t got = zip_fread(stream.get(), all.data() + had, all.size() - had);
            all.resize(had + static_cast<std::size_t>(std::max<zip_int64_t>(got, 0)));
            if (got <= 0)
                break;
        }
        if (all.size() != member.size)
            return badInput(shownName + " is damaged: it unpacks to " + std::to_string(all.size()) + " bytes, not " +
                            std::to_string(member.size) + ".");
        return all;
    }

    mutable std::mutex m_mutex;
    mutable std::vector<ZipHandle> m_idle;
};

} // namespace

Result<FileTreePtr> openZip(const fs::path& file, std::stop_token stop) {
    Result<ZipHandle> handle = openHandle(file);
    if (!handle)
        return handle.error();
    auto tree = std::make_shared<ZipTree>(file, std::move(*handle));
    if (const Result<void> indexed = tree->index(stop); !indexed)
        return indexed.error();
    return FileTreePtr(std::move(tree));
}

} // namespace sightline
