// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "data/FileTree.h"

namespace sightline {

/// The image files of a tree, listed once, so that the names of a table, of boxes or of lists find theirs without
/// asking the disk for each: 100,000 in a fraction of a second. Names are compared composed (NFC).
class FileIndex {
public:
    /// Lists at most `mostFiles` images; links that lead upward are cut.
    explicit FileIndex(FileTreePtr tree, std::stop_token stop = {}, std::size_t mostFiles = 10'000'000);

    /// How a name met its file.
    struct Match {
        std::uint32_t file = 0;
        bool onlyCaseDiffers = false;
        bool isAmbiguous = false; ///< other files in other folders fit as well
    };

    /// The file that `name` means: the path itself; the path in a folder below; with folders in front that are not
    /// here (as on another machine); each also with the ending left out, and at last in another case. Of an address of
    /// the web (without what follows
    /// '?') the file's name alone will do. Where several
    /// folders fit, one named `preferred` wins, then "images", then the first. Where there is a folder of that name, a
    /// bare name means an image in it and nowhere else: 3.png of the test is not 3.png of train.
    std::optional<Match> find(std::string name, const std::string& preferred = {}) const;

    std::size_t size() const { return m_files.size(); }
    const std::string& path(std::uint32_t file) const { return m_files[file]; }

private:
    using Files = std::vector<std::uint32_t>;

    void list(const std::string& folder, std::size_t depth, std::stop_token stop, std::size_t mostFiles);
    /// Files that a tidied name may mean, by its last two parts; not all where they are many.
    Files candidatesFor(const std::string& name) const;
    /// The file whose whole path is an end of a name.
    std::optional<Match> endOf(const std::string& name) const;
    std::optional<Match> best(const Files& candidates, const std::string& name, const std::string& preferred,
                              bool onlyThere, bool foldCase) const;

    FileTreePtr m_tree;
    std::vector<std::string> m_files;                        ///< as the tree has them
    std::unordered_set<std::string> m_folders;               ///< names of folders with images
    std::unordered_map<std::string, std::uint32_t> m_byPath; ///< composed
    std::unordered_map<std::string, Files> m_byStem;         ///< case folded, without folder and ending
    std::unordered_map<std::string, Files> m_byTail;         ///< the same with the folder it lies in, "/" at the top
    std::vector<std::pair<std::uint64_t, std::uint64_t>> m_listing;
};

} // namespace sightline
