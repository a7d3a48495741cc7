// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "support/Result.h"

namespace sightline {

/// The unfinished file of a download, FILE.part, locked while it is open, and what the server called its version (ETag
/// or Last-Modified), FILE.part.version.
class PartialFile {
public:
    explicit PartialFile(const std::filesystem::path& file)
        : m_path(file.string() + ".part"), m_tagPath(file.string() + ".part.version") {}
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;
    ~PartialFile();

    Result<void> open();                               ///< for going on at its end. Error: another program fetches it
    bool append(const char* bytes, std::size_t count); ///< false: failure() says why
    bool clear();
    void setTag(const std::string& tag);
    void remove();
    Result<void> finishAs(const std::filesystem::path& file);

    const std::filesystem::path& path() const { return m_path; }
    std::uint64_t size() const { return m_size; }
    const std::string& tag() const { return m_tag; }
    int failure() const { return m_failure; } ///< errno of the last append()

private:
    std::filesystem::path m_path, m_tagPath;
    int m_descriptor = -1, m_failure = 0;
    std::uint64_t m_size = 0;
    std::string m_tag;
};

} // namespace sightline
