// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/ClassNames.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "support/Unicode.h"
#include "support/Words.h"

namespace sightline {

namespace {

constexpr std::size_t kMostNamed = 50;

using Counts = std::map<std::string, std::size_t>; ///< of each spelling

/// "case", "blanks" or "letter forms": what tells two names apart that look alike.
const char* differenceOf(const std::string& a, const std::string& b) {
    const auto withoutBlanks = [](const std::string& text) {
        std::string rest;
        for (const char letter : lookOf(text))
            if (letter != ' ')
                rest += letter;
        return rest;
    };
    if (caseFolded(a) == caseFolded(b))
        return "case";
    return withoutBlanks(caseFolded(a)) == withoutBlanks(caseFolded(b)) ? "case and blanks" : "letter forms";
}

std::map<std::string, std::vector<std::string>> byLook(const Counts& counts) {
    std::map<std::string, std::vector<std::string>> looks;
    for (const auto& [name, count] : counts)
        looks[lookOf(name)].push_back(name);
    return looks;
}

void reportAlike(const std::map<std::string, std::vector<std::string>>& looks, const Counts& counts,
                 std::vector<DataProblem>& problems) {
    std::size_t said = 0;
    for (const auto& [look, names] : looks) {
        if (names.size() < 2 || ++said > kMostNamed)
            continue;
        std::string text;
        for (std::size_t i = 1; i < names.size(); ++i)
            text += (i > 1 ? ", " : "") + ("'" + shown(names[i]) + "' (" + std::to_string(counts.at(names[i]))) + ")";
        problems.push_back({"alike_classes", names.front(),
                            "(" + counted(counts.at(names.front()), "image") + ") differs only in " +
                                differenceOf(names[0], names[1]) + " from " + text +
                                "; data.table.merge_alike_labels makes them one class"});
    }
}

} // namespace

std::vector<std::size_t> numberClasses(Dataset& dataset, const std::vector<std::string>& names,
                                       const std::vector<std::string>& further, bool merge) {
    Counts counts;
    std::set<std::string> train(further.begin(), further.end());
    for (const std::string& name : further)
        counts[name];
    std::unordered_map<std::string, std::size_t> seen; // most rows repeat a name
    for (std::size_t i = 0; i < names.size(); ++i) {
        ++seen[names[i]];
        if (dataset.samples[i].subset == Subset::Train)
            train.insert(names[i]);
    }
    for (const auto& [name, count] : seen)
        counts[name] += count;
    const auto looks = byLook(counts);
    if (!merge)
        reportAlike(looks, counts, dataset.problems);
    std::map<std::string, std::string> classOf; // of each spelling
    for (const auto& [look, spellings] : looks) {
        const auto most =
            std::max_element(spellings.begin(), spellings.end(),
                             [&](const std::string& a, const std::string& b) { return counts.at(a) < counts.at(b); });
        for (const std::string& spelling : spellings)
            classOf[spelling] = merge ? *most : spelling;
    }
    std::map<std::string, int> labels;
    for (const std::string& name : train)
        labels.emplace(classOf.at(name), 0);
    for (auto& [name, label] : labels) {
        label = static_cast<int>(dataset.classes.size());
        dataset.classes.push_back(name);
    }
    std::unordered_map<std::string, int> labelOf;
    for (const auto& [spelling, name] : classOf)
        if (const auto known = labels.find(name); known != labels.end())
            labelOf[spelling] = known->second;
    std::vector<std::size_t> unknown;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto label = labelOf.find(names[i]);
        if (label == labelOf.end())
            unknown.push_back(i);
        else
            dataset.samples[i].label = label->second;
    }
    return unknown;
}

} // namespace sightline
