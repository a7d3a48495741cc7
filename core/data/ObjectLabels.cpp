// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/ObjectLabels.h"

#include <algorithm>
#include <set>

#include "data/ClassNames.h"
#include "support/Unicode.h"
#include "support/Words.h"

namespace sightline {

void ObjectLabels::add(const std::string& name, const std::vector<std::string>& names, Subset subset,
                       const std::string& preferredFolder) {
    const FileIndex& index = indexOf(m_request);
    const auto match = index.find(name, preferredFolder);
    if (!match)
        return m_missing.push_back(name);
    const std::string& path = index.path(match->file);
    std::map<std::string, std::size_t> counts;
    for (const std::string& one : names)
        if (std::string known = composed(trimmed(one)); !known.empty())
            ++counts[std::move(known)];
    if (counts.empty())
        return m_empty.push_back(path);
    std::string most;
    for (const std::string& one : names) { // in the order of the objects, so that the first of equals wins
        const std::string known = composed(trimmed(one));
        if (!known.empty() && (most.empty() || counts.at(known) > counts.at(most)))
            most = known;
    }
    if (counts.size() > 1)
        m_mixed.push_back(path);
    m_dataset.samples.push_back({path, -1, subset, 0});
    m_names.push_back(most);
}

void ObjectLabels::say(const char* kind, const std::vector<std::string>& images, const std::string& what) {
    if (!images.empty())
        m_dataset.problems.push_back({kind, images.front().substr(0, 200),
                                      (images.size() == 1 ? std::string("is the one image")
                                                          : "and " + counted(images.size() - 1, "other image")) +
                                          " " + what});
}

Result<Dataset> ObjectLabels::finish(const char* format, const std::vector<std::string>& further,
                                     std::vector<Guess> guesses, std::vector<DataProblem> problems) {
    m_dataset.format = format;
    m_dataset.source = makeTreeSource(m_request.tree);
    m_dataset.guesses = std::move(guesses);
    m_dataset.problems = std::move(problems);
    if (m_dataset.samples.empty() && !m_missing.empty())
        return badInput(m_request.tree->shown("") + " lists " + std::to_string(m_missing.size()) +
                        " images, but none of them exists; the first is " + shown(m_missing.front()) + ".");
    say("missing", m_missing, "listed but not there");
    say("no_label", m_empty, "without an object, skipped");
    say("several_categories", m_mixed,
        "with objects of several classes; each counts as the class that most of its objects have");
    for (const std::size_t i : numberClasses(m_dataset, m_names, {}, m_request.settings.table.mergeAlikeLabels))
        m_dataset.problems.push_back(
            {"unknown_class", m_dataset.samples[i].path, "is of the class " + m_names[i] + ", which is not in train"});
    const std::set<std::string> used(m_names.begin(), m_names.end());
    for (const std::string& name : further)
        if (!used.contains(composed(trimmed(name))))
            m_dataset.problems.push_back(
                {"empty_class", name, "is listed but no image is of this class; it is skipped"});
    m_dataset.hasValidation = m_dataset.count(Subset::Validation) > 0;
    sortSamples(m_dataset);
    return std::move(m_dataset);
}

} // namespace sightline
