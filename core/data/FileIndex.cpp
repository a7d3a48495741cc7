// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/FileIndex.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "data/ImageNames.h"
#include "support/Unicode.h"

namespace sightline {

namespace {

constexpr std::size_t kDeepest = 32, kLongestPath = 4096, kMostCandidates = 256;

/// Without the ending of an image.
std::string stemOf(const std::string& path) {
    return namesImage(fileName(path)) ? path.substr(0, path.rfind('.')) : path;
}

/// "b/c" of "a/b/c", "/c" of "c": a path's last folder and its name.
std::string tailOf(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos)
        return "/" + path;
    const std::size_t before = slash == 0 ? std::string::npos : path.rfind('/', slash - 1);
    return before == std::string::npos ? path : path.substr(before + 1);
}

/// "a/b" of "./a//b"; empty where there is nothing to find.
std::string tidied(const std::string& name) {
    std::string path = name.starts_with('/') ? "/" : "";
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find('/', begin), name.size());
        const std::string part = name.substr(begin, end - begin);
        if (!part.empty() && part != ".")
            path += (path.empty() || path == "/" ? "" : "/") + part;
        begin = end + 1;
    }
    return path;
}

/// Whether one path is the other's end, folder by folder; 0 = neither, else how well: 2 where `path` has folders more,
/// 1 where `name` has (folders of another machine).
int overlap(const std::string& path, const std::string& name) {
    const auto endsWith = [](const std::string& whole, const std::string& part) {
        return whole.size() > part.size() && whole.ends_with(part) && whole[whole.size() - part.size() - 1] == '/';
    };
    return path == name ? 3 : endsWith(path, name) ? 2 : endsWith(name, path) ? 1 : 0;
}

std::size_t endingRank(const std::string& path) {
    static constexpr std::array kUsual{"jpg", "png", "jpeg", "tif", "bmp"};
    const std::string ending = lowerCase(path.substr(path.rfind('.') + 1));
    return static_cast<std::size_t>(std::find(kUsual.begin(), kUsual.end(), ending) - kUsual.begin());
}

bool hasFolder(const std::string& path, const std::string& folder) {
    return !folder.empty() && (path.starts_with(folder + "/") || path.find("/" + folder + "/") != std::string::npos);
}

} // namespace

FileIndex::FileIndex(FileTreePtr tree, std::stop_token stop, std::size_t mostFiles) : m_tree(std::move(tree)) {
    list("", 0, stop, mostFiles);
    m_byPath.reserve(m_files.size());
    m_byStem.reserve(m_files.size());
    m_byTail.reserve(m_files.size());
    for (std::uint32_t file = 0; file < m_files.size(); ++file) {
        const std::string path = composed(m_files[file]);
        for (std::size_t begin = 0, end = 0; (end = path.find('/', begin)) != std::string::npos; begin = end + 1)
            m_folders.insert(path.substr(begin, end - begin));
        m_byPath.emplace(path, file);
        const std::string tail = caseFolded(stemOf(tailOf(path)));
        m_byStem[fileName(tail)].push_back(file);
        m_byTail[tail].push_back(file);
    }
}

void FileIndex::list(const std::string& folder, std::size_t depth, std::stop_token stop, std::size_t mostFiles) {
    const auto identity = m_tree->identity(folder);
    if (depth > kDeepest || std::find(m_listing.begin(), m_listing.end(), identity) != m_listing.end())
        return;
    m_listing.push_back(identity);
    std::vector<std::string> below;
    for (FileTree::Entry& entry : m_tree->entries(folder)) {
        if (stop.stop_requested() || m_files.size() >= mostFiles)
            break;
        if (entry.isFolder)
            below.push_back(std::move(entry.name));
        else if (namesImage(entry.name))
            m_files.push_back(joinedPath(folder, entry.name));
    }
    for (const std::string& name : below) // what lies nearer comes first
        list(joinedPath(folder, name), depth + 1, stop, mostFiles);
    m_listing.pop_back();
}

std::optional<FileIndex::Match> FileIndex::find(std::string name, const std::string& preferred) const {
    if (name.empty() || name.size() > kLongestPath || name.find('\0') != std::string::npos)
        return std::nullopt;
    if (const auto file = m_byPath.find(composed(name)); file != m_byPath.end())
        return Match{file->second};
    if (name.find("://") != std::string::npos) {
        name.erase(std::min(name.find_first_of("?#"), name.size()));
        if (const auto match = find(tidied(name), preferred))
            return match;
        name = fileName(name); // a server's folders are others
    }
    std::replace(name.begin(), name.end(), '\\', '/');
    name = composed(tidied(name));
    if (const auto file = m_byPath.find(name); file != m_byPath.end())
        return Match{file->second};
    const Files candidates = candidatesFor(name);
    if (candidates.size() > kMostCandidates)
        return endOf(name);
    const std::string folder = composed(preferred);
    const bool onlyThere = name.find('/') == std::string::npos && m_folders.contains(folder);
    if (const auto match = best(candidates, name, folder, onlyThere, false))
        return match;
    return best(candidates, caseFolded(name), caseFolded(folder), onlyThere, true);
}

FileIndex::Files FileIndex::candidatesFor(const std::string& name) const {
    Files candidates;
    const auto take = [&](const std::unordered_map<std::string, Files>& files, const std::string& key) {
        if (const auto found = files.find(key); found != files.end())
            candidates.insert(candidates.end(), found->second.begin(),
                              found->second.begin() +
                                  static_cast<std::ptrdiff_t>(std::min(found->second.size(), kMostCandidates + 1)));
    };
    const std::string tail = caseFolded(stemOf(tailOf(name)));
    if (name.find('/') == std::string::npos) {
        take(m_byStem, tail.substr(1));
        return candidates;
    }
    take(m_byTail, tail);
    if (!tail.starts_with('/'))
        take(m_byTail, "/" + fileName(tail)); // lies at the top here
    return candidates;
}

std::optional<FileIndex::Match> FileIndex::endOf(const std::string& name) const {
    for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1))
        if (const auto file = m_byPath.find(name.substr(slash + 1)); file != m_byPath.end())
            return Match{file->second};
    return std::nullopt;
}

std::optional<FileIndex::Match> FileIndex::best(const Files& candidates, const std::string& name,
                                                const std::string& preferred, bool onlyThere, bool foldCase) const {
    const bool hasEnding = namesImage(fileName(name));
    // the overlap, then the folder, then the ending, then the order
    std::optional<std::tuple<int, int, std::size_t, std::uint32_t>> first;
    std::size_t equals = 0;
    for (const std::uint32_t file : candidates) {
        const std::string path = foldCase ? caseFolded(m_files[file]) : composed(m_files[file]);
        const int fits = overlap(hasEnding ? path : stemOf(path), name);
        if (fits == 0)
            continue;
        const int place = hasFolder(path, preferred) ? 0 : path.starts_with("images/") ? 1 : 2;
        if (onlyThere && place > 0)
            continue;
        const std::tuple rank(-fits, place, hasEnding ? 0 : endingRank(path), file);
        const bool isEqual = first && std::get<0>(*first) == -fits && std::get<1>(*first) == place &&
                             std::get<2>(*first) == std::get<2>(rank);
        equals = isEqual ? equals + 1 : !first || rank < *first ? 1 : equals;
        if (!first || rank < *first)
            first = rank;
    }
    if (!first)
        return std::nullopt;
    return Match{std::get<3>(*first), foldCase, equals > 1};
}

} // namespace sightline
