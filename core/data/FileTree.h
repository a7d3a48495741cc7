// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/Dataset.h"

namespace sightline {

/// Files below a root: a folder on the disk, or an archive that looks like one. Names are relative to the root with '/'
/// between them; "" is the root. Readers see nothing else, so each reads archives too. Thread-safe, immutable.
class FileTree {
public:
    struct Entry {
        std::string name;
        bool isFolder = false;
    };

    virtual ~FileTree() = default;
    /// What lies in a folder, in code-point order, without hidden names (isHiddenName()); links are followed.
    virtual std::vector<Entry> entries(const std::string& folder) const = 0;
    /// Why a folder cannot be listed ("Permission denied"); empty where it can. Such a folder has no entries.
    virtual std::string listingError(const std::string&) const { return {}; }
    virtual bool isFile(const std::string& path) const = 0;
    virtual bool isFolder(const std::string& path) const = 0;
    /// All bytes of a file, at most `maximumBytes`; the error names it.
    virtual Result<std::string> read(const std::string& path, std::uintmax_t maximumBytes) const = 0;
    /// The file a person could open; empty within an archive.
    virtual std::filesystem::path onDisk(const std::string& path) const = 0;
    /// As messages name it.
    virtual std::string shown(const std::string& path) const = 0;
    /// Which folder it is, whatever links lead there, so that cycles can be cut.
    virtual std::pair<std::uint64_t, std::uint64_t> identity(const std::string& folder) const = 0;
    /// What was left out on the way: links, names that climb out.
    virtual std::vector<DataProblem> problems() const { return {}; }
};

using FileTreePtr = std::shared_ptr<const FileTree>;

FileTreePtr makeDiskTree(std::filesystem::path root);
/// Samples that are files of a tree.
std::shared_ptr<const ImageSource> makeTreeSource(FileTreePtr tree);

/// "a/b" of "a" and "b"; either may be empty.
std::string joinedPath(const std::string& folder, const std::string& name);
/// What follows the last '/'.
std::string fileName(const std::string& path);
/// Names that nobody looks for: those that begin with a dot, and what macOS puts into archives.
bool isHiddenName(std::string_view name);
/// ASCII lower case.
std::string lowerCase(std::string text);
/// Lines of a text without their line ends and trailing blanks; empty ones left out.
std::vector<std::string> linesOf(const std::string& text);

} // namespace sightline
