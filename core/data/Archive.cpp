// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Archive.h"

#include <algorithm>
#include <array>

#include "data/ArchiveTree.h"
#include "data/ImageNames.h"
#include "data/Readers.h"
#include "data/SplitWords.h"

namespace sightline {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostProblems = 100, kLongestName = 4096, kDeepest = 64;

class SubTree : public FileTree {
public:
    SubTree(FileTreePtr tree, std::string folder) : m_tree(std::move(tree)), m_folder(std::move(folder)) {}

    std::vector<Entry> entries(const std::string& folder) const override {
        return m_tree->entries(joinedPath(m_folder, folder));
    }
    std::string listingError(const std::string& folder) const override {
        return m_tree->listingError(joinedPath(m_folder, folder));
    }
    bool isFile(const std::string& path) const override { return m_tree->isFile(joinedPath(m_folder, path)); }
    bool isFolder(const std::string& path) const override { return m_tree->isFolder(joinedPath(m_folder, path)); }
    Result<std::string> read(const std::string& path, std::uintmax_t maximumBytes) const override {
        return m_tree->read(joinedPath(m_folder, path), maximumBytes);
    }
    fs::path onDisk(const std::string& path) const override { return m_tree->onDisk(joinedPath(m_folder, path)); }
    std::string shown(const std::string& path) const override { return m_tree->shown(joinedPath(m_folder, path)); }
    std::pair<std::uint64_t, std::uint64_t> identity(const std::string& folder) const override {
        return m_tree->identity(joinedPath(m_folder, folder));
    }
    std::vector<DataProblem> problems() const override { return m_tree->problems(); }

private:
    FileTreePtr m_tree;
    std::string m_folder;
};

/// Goes down while there is nothing beside one folder, as long as that folder is no class of its own: it holds folders,
/// or files that are no images, or images whose names tell their class.
FileTreePtr lookedThrough(FileTreePtr tree) {
    for (std::size_t depth = 0; depth < kDeepest; ++depth) {
        const auto top = tree->entries("");
        if (top.size() != 1 || !top.front().isFolder || subsetNamed(top.front().name))
            return tree;
        FileTreePtr below = makeSubTree(tree, top.front().name);
        const auto inside = below->entries("");
        const bool onlyImages = std::all_of(inside.begin(), inside.end(), [](const FileTree::Entry& entry) {
            return !entry.isFolder && namesImage(entry.name);
        });
        if (onlyImages && !looksFlat({.tree = below, .settings = {}, .table = {}, .stop = {}, .progress = {}}))
            return tree;
        tree = std::move(below);
    }
    return tree;
}

template <std::size_t N>
bool endsWithOne(const std::string& name, const std::array<const char*, N>& endings) {
    const std::string known = lowerCase(name);
    return std::any_of(endings.begin(), endings.end(), [&](const char* ending) {
        return known.size() > std::string_view(ending).size() && known.ends_with(ending);
    });
}

} // namespace

bool isArchiveName(const std::string& name) {
    static constexpr std::array kEndings{".zip",  ".tar",    ".tar.gz", ".tgz",     ".tar.bz2", ".tbz",
                                         ".tbz2", ".tar.xz", ".txz",    ".tar.zst", ".tzst"};
    return endsWithOne(name, kEndings);
}

bool isForeignArchiveName(const std::string& name) {
    static constexpr std::array kEndings{".7z", ".rar"};
    return endsWithOne(name, kEndings);
}

std::optional<std::string> memberName(std::string name) {
    std::replace(name.begin(), name.end(), '\\', '/');
    if (name.empty() || name.size() > kLongestName || name.front() == '/' || (name.size() > 1 && name[1] == ':') ||
        name.find('\0') != std::string::npos)
        return std::nullopt;
    std::string result;
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find('/', begin), name.size());
        const std::string part = name.substr(begin, end - begin);
        if (part == "..")
            return std::nullopt;
        if (!part.empty() && part != ".")
            result = joinedPath(result, part);
        begin = end + 1;
    }
    return result;
}

FileTreePtr makeSubTree(FileTreePtr tree, std::string folder) {
    return std::make_shared<SubTree>(std::move(tree), std::move(folder));
}

std::vector<FileTree::Entry> ArchiveTree::entries(const std::string& folder) const {
    const auto found = m_folders.find(folder);
    return found == m_folders.end() ? std::vector<Entry>() : found->second;
}

Result<std::string> ArchiveTree::read(const std::string& path, std::uintmax_t maximumBytes) const {
    const auto found = m_files.find(path);
    if (found == m_files.end())
        return badInput(shown(path) + " does not exist.");
    if (found->second.size > maximumBytes)
        return badInput(shown(path) + " is larger than " + std::to_string(maximumBytes) + " bytes.");
    return bytes(shown(path), found->second);
}

std::pair<std::uint64_t, std::uint64_t> ArchiveTree::identity(const std::string& folder) const {
    return {std::hash<std::string>()(folder), folder.size()}; // there are no links to follow
}

std::vector<DataProblem> ArchiveTree::problems() const {
    return m_problems;
}

bool ArchiveTree::makeFolders(const std::string& path) {
    for (std::size_t slash = path.find('/'), begin = 0;; slash = path.find('/', begin)) {
        const std::string folder = path.substr(0, slash);
        if (m_files.contains(folder))
            return false;
        if (!m_folders.contains(folder)) {
            m_folders[folder];
            const auto last = folder.rfind('/');
            const std::string name = fileName(folder);
            if (!isHiddenName(name))
                m_folders[last == std::string::npos ? "" : folder.substr(0, last)].push_back({name, true});
        }
        if (slash == std::string::npos)
            return true;
        begin = slash + 1;
    }
}

void ArchiveTree::addFolder(const std::string& rawName) {
    if (const auto name = memberName(rawName);
        name && !name->empty() && static_cast<std::size_t>(std::count(name->begin(), name->end(), '/')) < kDeepest)
        makeFolders(*name);
}

void ArchiveTree::add(const std::string& rawName, Member member) {
    const auto name = memberName(rawName);
    if (!name || name->empty())
        return leaveOut(rawName, "unsafe_name", "has a path that leads out of the archive and is skipped");
    if (static_cast<std::size_t>(std::count(name->begin(), name->end(), '/')) >= kDeepest)
        return leaveOut(*name, "unsafe_name", "is nested too deeply and is skipped");
    const auto slash = name->rfind('/');
    const std::string folder = slash == std::string::npos ? std::string() : name->substr(0, slash);
    if (m_folders.contains(*name) || m_files.contains(*name) || (!folder.empty() && !makeFolders(folder)))
        return leaveOut(*name, "duplicate_member", "is in the archive more than once; the first copy is used");
    m_files.emplace(*name, member);
    if (const std::string last = fileName(*name); !isHiddenName(last))
        m_folders[folder].push_back({last, false});
}

void ArchiveTree::leaveOut(const std::string& name, const char* kind, const std::string& why) {
    if (++m_leftOut <= kMostProblems)
        m_problems.push_back({kind, name.substr(0, 200), why});
}

void ArchiveTree::finish() {
    for (auto& [folder, entries] : m_folders)
        std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
    if (m_leftOut > kMostProblems)
        m_problems.push_back(
            {"more", m_file.string(), std::to_string(m_leftOut - kMostProblems) + " more members are skipped"});
}

Result<FileTreePtr> openArchive(const fs::path& file, const fs::path& cache, std::stop_token stop,
                                const Progress& progress, const ArchiveLimits& limits) {
    Result<FileTreePtr> tree =
        lowerCase(file.string()).ends_with(".zip") ? openZip(file, stop) : openTar(file, cache, limits, stop, progress);
    if (!tree)
        return tree;
    return lookedThrough(std::move(*tree));
}

} // namespace sightline
