// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <unordered_map>

#include "data/Archive.h"

namespace sightline {

/// The folders of an archive, whatever its kind. A kind adds its members, then reads them by the number it gave.
class ArchiveTree : public FileTree {
public:
    explicit ArchiveTree(std::filesystem::path file) : m_file(std::move(file)) {}

    std::vector<Entry> entries(const std::string& folder) const override;
    bool isFile(const std::string& path) const override { return m_files.contains(path); }
    bool isFolder(const std::string& path) const override { return m_folders.contains(path); }
    Result<std::string> read(const std::string& path, std::uintmax_t maximumBytes) const override;
    std::filesystem::path onDisk(const std::string&) const override { return {}; }
    std::string shown(const std::string& path) const override { return joinedPath(m_file.string(), path); }
    std::pair<std::uint64_t, std::uint64_t> identity(const std::string& folder) const override;
    std::vector<DataProblem> problems() const override;

protected:
    struct Member {
        std::uint64_t place = 0; ///< what the kind needs to find it: an index, an offset
        std::uint64_t size = 0;  ///< as the archive says
    };

    /// The member's bytes; its size is known to be within `member.size`.
    virtual Result<std::string> bytes(const std::string& shownName, const Member& member) const = 0;

    /// Takes a member up, or leaves it out with a problem.
    void add(const std::string& rawName, Member member);
    void addFolder(const std::string& rawName);
    void leaveOut(const std::string& name, const char* kind, const std::string& why);
    void finish();
    std::size_t size() const { return m_files.size(); }
    const std::filesystem::path& file() const { return m_file; }

private:
    bool makeFolders(const std::string& path);

    std::filesystem::path m_file;
    std::unordered_map<std::string, Member> m_files;
    std::map<std::string, std::vector<Entry>> m_folders{{"", {}}};
    std::vector<DataProblem> m_problems;
    std::size_t m_leftOut = 0;
};

/// What lies below one folder of a tree, as a tree.
FileTreePtr makeSubTree(FileTreePtr tree, std::string folder);

Result<FileTreePtr> openZip(const std::filesystem::path& file, std::stop_token stop);
Result<FileTreePtr> openTar(const std::filesystem::path& file, const std::filesystem::path& cache,
                            const ArchiveLimits& limits, std::stop_token stop, const Progress& progress);

} // namespace sightline
