// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <set>
#include <stop_token>

#include "data/FileTree.h"

namespace sightline {

/// Finds images in a folder and all below it, in Keras' order: folders by their whole path, names within each. A link
/// that leads back into a folder above it is cut. What is no image, and folders that cannot be listed, are problems.
class ImageWalk {
public:
    ImageWalk(const FileTree& tree, std::vector<DataProblem>& problems, std::stop_token stop = {})
        : m_tree(tree), m_problems(problems), m_stop(std::move(stop)) {}

    /// Paths relative to the tree. Links to a folder on the way to `folder` are cut as well.
    std::vector<std::string> images(const std::string& folder);
    /// The folders directly below the last one, and whether something in it could not be listed.
    const std::vector<std::string>& foldersBelow() const { return m_below; }
    bool wasComplete() const { return m_complete; }

private:
    void visit(const std::string& folder, bool isFirst);

    const FileTree& m_tree;
    std::vector<DataProblem>& m_problems;
    std::stop_token m_stop;
    std::map<std::string, std::vector<std::string>> m_folders;
    std::set<std::pair<std::uint64_t, std::uint64_t>> m_visiting;
    std::vector<std::string> m_below;
    bool m_complete = true;
};

} // namespace sightline
