// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/RunTree.h"

#include <unordered_map>

namespace sightline {

namespace {

/// What stands below each run and each group, and what below none.
class Branches {
public:
    Branches(const std::vector<RunSummary>& runs, const std::vector<std::size_t>& places) : m_runs(runs) {
        for (const std::size_t place : places)
            m_places.emplace(runs[place].id, place);
        for (const std::size_t place : places) {
            const RunSummary& run = runs[place];
            if (run.group) {
                std::vector<std::size_t>& members = m_members[run.group->id];
                if (members.empty())
                    m_roots.push_back({run.group->id, std::nullopt, {}});
                members.push_back(place);
            } else if (isBelowAnother(run)) {
                m_forks[run.parent].push_back(place);
            } else {
                m_roots.push_back({run.id, place, {}});
            }
        }
    }

    std::vector<RunNode> tree() const {
        std::vector<RunNode> roots = m_roots;
        for (RunNode& root : roots)
            root.below = nodes(root.run ? m_forks : m_members, root.id);
        return roots;
    }

private:
    using Below = std::unordered_map<std::string, std::vector<std::size_t>>;

    /// No run of a damaged folder that names itself as an ancestor is lost.
    bool isBelowAnother(const RunSummary& run) const {
        auto above = m_places.find(run.parent);
        const bool isListed = above != m_places.end();
        for (std::size_t steps = 0; above != m_places.end() && !m_runs[above->second].group; ++steps) {
            if (steps > m_places.size() || m_runs[above->second].id == run.id)
                return false;
            above = m_places.find(m_runs[above->second].parent);
        }
        return isListed;
    }

    std::vector<RunNode> nodes(const Below& below, const std::string& id) const {
        std::vector<RunNode> found;
        if (const auto places = below.find(id); places != below.end())
            for (const std::size_t place : places->second)
                found.push_back({m_runs[place].id, place, nodes(m_forks, m_runs[place].id)});
        return found;
    }

    const std::vector<RunSummary>& m_runs;
    std::unordered_map<std::string, std::size_t> m_places; ///< of runs by their ids
    Below m_members, m_forks;
    std::vector<RunNode> m_roots;
};

} // namespace

std::vector<RunNode> runTree(const std::vector<RunSummary>& runs, const std::vector<std::size_t>& places) {
    return Branches(runs, places).tree();
}

} // namespace sightline
