// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/ImageWalk.h"

#include "data/ImageNames.h"

namespace sightline {

std::vector<std::string> ImageWalk::images(const std::string& folder) {
    m_folders.clear();
    m_below.clear();
    m_visiting.clear();
    m_complete = true;
    if (!folder.empty()) {
        m_visiting.insert(m_tree.identity(""));
        for (std::size_t slash = folder.find('/'); slash != std::string::npos; slash = folder.find('/', slash + 1))
            m_visiting.insert(m_tree.identity(folder.substr(0, slash)));
    }
    visit(folder, true);
    std::vector<std::string> all;
    for (auto& [path, names] : m_folders) // by path: "a", "a-b", "a/b", as Python sorts the walk
        for (const std::string& name : names)
            all.push_back(joinedPath(path, name));
    return all;
}

void ImageWalk::visit(const std::string& folder, bool isFirst) {
    if (m_stop.stop_requested())
        return;
    const auto identity = m_tree.identity(folder);
    if (!m_visiting.insert(identity).second) {
        m_problems.push_back({"link_upward", folder, "leads back to a folder that it lies in, and is skipped"});
        return;
    }
    std::vector<std::string>& names = m_folders[folder];
    std::vector<FileTree::Entry> entries = m_tree.entries(folder);
    if (entries.empty())
        if (const std::string why = m_tree.listingError(folder); !why.empty()) {
            m_complete = false;
            m_problems.push_back({"unreadable_folder", folder, "cannot be listed (" + why + ")"});
        }
    for (FileTree::Entry& entry : entries) {
        if (entry.isFolder) {
            visit(joinedPath(folder, entry.name), false);
            if (isFirst)
                m_below.push_back(std::move(entry.name));
        } else if (namesImage(entry.name))
            names.push_back(std::move(entry.name));
        else
            m_problems.push_back(
                {"not_an_image", joinedPath(folder, entry.name), "is not named like an image and is skipped"});
    }
    m_visiting.erase(identity);
}

} // namespace sightline
