// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Split.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "data/FileTree.h"
#include "data/SplitUnits.h"
#include "support/Pattern.h"
#include "support/Random.h"
#include "support/Words.h"

namespace sightline {

namespace {

constexpr std::size_t kMostNamed = 20; ///< groups named one by one in problems

using Counts = std::vector<std::size_t>; ///< per class

std::size_t shareOf(std::size_t count, double share) {
    return static_cast<std::size_t>(share * static_cast<double>(count));
}

/// One class after the other: the first of each, or drawn.
void splitClasses(Dataset& dataset, const DataSettings& settings, std::uint64_t seed) {
    std::vector<std::vector<std::size_t>> perClass(dataset.classes.size());
    std::vector<std::string> tooSmall;
    for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
        const Sample& sample = dataset.samples[i];
        if (sample.subset == Subset::Train && sample.label >= 0)
            perClass[static_cast<std::size_t>(sample.label)].push_back(i);
    }
    for (std::size_t label = 0; label < perClass.size(); ++label) {
        std::vector<std::size_t>& members = perClass[label];
        if (settings.split == SplitRule::Shuffled) {
            const std::vector<std::uint32_t> order = permutation(members.size(), seed, RandomPurpose::Split, label);
            std::vector<std::size_t> shuffled;
            for (const std::uint32_t position : order)
                shuffled.push_back(members[position]);
            members = std::move(shuffled);
        }
        const std::size_t share = shareOf(members.size(), settings.validationSplit);
        for (std::size_t i = 0; i < share; ++i)
            dataset.samples[members[i]].subset = Subset::Validation;
        if (share == 0 && !members.empty())
            tooSmall.push_back(dataset.classes[label]);
    }
    if (!tooSmall.empty() && settings.validationSplit > 0)
        dataset.problems.push_back({"not_validated",
                                    {},
                                    listed(tooSmall) + (tooSmall.size() == 1 ? " has" : " have") +
                                        " too few images for data.validation_split, so validation has none of " +
                                        (tooSmall.size() == 1 ? "this class" : "these classes")});
}

std::size_t distance(std::size_t a, std::size_t b) {
    return a > b ? a - b : b - a;
}

void splitGroups(Dataset& dataset, const DataSettings& settings, std::uint64_t seed) {
    const std::vector<SplitUnit> units = splitUnits(dataset);
    Counts wanted = dataset.countsPerClass(Subset::Train), moved(dataset.classes.size(), 0);
    for (std::size_t& count : wanted)
        count = shareOf(count, settings.validationSplit);
    std::vector<std::uint32_t> order(units.size());
    std::iota(order.begin(), order.end(), 0u);
    if (settings.split == SplitRule::Shuffled)
        order = permutation(units.size(), seed, RandomPurpose::Split, dataset.classes.size());
    const auto move = [&](const SplitUnit& unit) {
        for (const std::size_t member : unit.members)
            dataset.samples[member].subset = Subset::Validation;
        for (const auto& [label, count] : unit.perClass)
            moved[label] += count;
    };
    bool any = false;
    for (const std::uint32_t index : order) {
        std::size_t before = 0, after = 0;
        for (const auto& [label, count] : units[index].perClass) {
            before += distance(wanted[label], moved[label]);
            after += distance(wanted[label], moved[label] + count);
        }
        if (after < before) {
            move(units[index]);
            any = true;
        }
    }
    const bool wants = std::any_of(wanted.begin(), wanted.end(), [](std::size_t count) { return count > 0; });
    if (!any && wants && units.size() > 1)
        move(*std::min_element(units.begin(), units.end(), [](const SplitUnit& a, const SplitUnit& b) {
            return a.members.size() < b.members.size();
        }));
    if (units.size() == 1)
        dataset.problems.push_back(
            {"one_group",
             {},
             "all images belong to one group, so none can be held out for validation; check data.group"});
}

/// Groups that a source's own train, val and test folders tear apart.
void reportTornGroups(Dataset& dataset) {
    std::vector<unsigned> subsets(dataset.groups.size(), 0);
    for (const Sample& sample : dataset.samples)
        if (sample.group != kNoGroup)
            subsets[sample.group] |= 1u << static_cast<unsigned>(sample.subset);
    std::size_t torn = 0;
    for (std::size_t i = 0; i < subsets.size(); ++i) {
        if ((subsets[i] & (subsets[i] - 1)) == 0 || ++torn > kMostNamed)
            continue;
        std::string names;
        for (const Subset subset : {Subset::Train, Subset::Validation, Subset::Test})
            if (subsets[i] & 1u << static_cast<unsigned>(subset))
                names += (names.empty() ? "" : " and ") + std::string(nameOf(subset));
        dataset.problems.push_back(
            {"torn_group", dataset.groups[i], "has images in " + names + ", so results there will look too good"});
    }
    if (torn > kMostNamed)
        dataset.problems.push_back(
            {"torn_group", {}, std::to_string(torn - kMostNamed) + " more groups have images in more than one split"});
}

/// "patient012" of a/patient012_slice03.png; empty where the name does not end with a number behind a separator.
std::string stemOf(const std::string& path) {
    const std::string name = fileName(path);
    const auto dot = name.rfind('.');
    std::size_t end = dot == std::string::npos ? name.size() : dot;
    const auto skip = [&](auto&& is) {
        const std::size_t before = end;
        while (end > 0 && is(static_cast<unsigned char>(name[end - 1])))
            --end;
        return end < before;
    };
    if (!skip([](unsigned char c) { return c >= '0' && c <= '9'; }))
        return {};
    skip([](unsigned char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; });
    if (!skip([](unsigned char c) { return c == '-' || c == '_' || c == '.' || c == ' '; }))
        return {};
    return name.substr(0, end);
}

constexpr const char* kStemPattern = R"(([^/]+?)[-_. ]+[A-Za-z]*[0-9]+\.[^./]+$)";

/// "patient012" of a/patient012/slice03.png; empty where it lies in no folder.
std::string folderOf(const std::string& path) {
    const auto end = path.rfind('/');
    return end == std::string::npos ? std::string() : fileName(path.substr(0, end));
}

constexpr const char* kFolderPattern = "([^/]+)/[^/]+$";

/// Groups of the images that share a key, where there are clearly more of them than classes.
std::optional<GroupSuggestion> suggestedBy(const Dataset& dataset, std::string (*keyOf)(const std::string&),
                                           const char* pattern, std::size_t groupsPerClass, const char* shares) {
    constexpr std::size_t kFewest = 20;
    std::unordered_map<std::string, std::size_t> keys;
    std::size_t images = 0;
    for (const Sample& sample : dataset.samples) {
        if (sample.subset == Subset::Test)
            continue;
        ++images;
        if (std::string key = keyOf(sample.path); !key.empty())
            ++keys[std::move(key)];
    }
    std::size_t shared = 0, groups = 0;
    const std::string* example = nullptr;
    for (const auto& [key, count] : keys) {
        if (count < 2)
            continue;
        shared += count;
        ++groups;
        example = !example || key < *example ? &key : example;
    }
    if (images < kFewest || shared * 10 < images * 6 || groups < groupsPerClass * dataset.classes.size())
        return std::nullopt;
    return GroupSuggestion{pattern, *example,
                           std::to_string(shared) + " of " + std::to_string(images) + " images share " + shares +
                               " with others (" + *example + " ..., " + std::to_string(groups) +
                               " such groups); if they show one patient or object, set data.group.pattern to " +
                               pattern + " to keep each group in one split, or validation results will look too good"};
}

} // namespace

Result<void> assignGroups(Dataset& dataset, const DataSettings& settings) {
    const GroupSettings& group = settings.group;
    if (!group.column.empty() && dataset.format != "csv")
        return badInput("data.group.column: only a table has columns, and this is " + dataset.format +
                        "; use data.group.pattern.");
    if (!group.pattern.empty()) {
        const auto pattern = Pattern::compiled(group.pattern);
        if (!pattern)
            return badInput("data.group.pattern " + pattern.error().message + ".");
        std::unordered_map<std::string, std::uint32_t> known;
        for (Sample& sample : dataset.samples) {
            const auto key = pattern->find(sample.path, "group");
            if (!key)
                continue;
            const auto [found, isNew] = known.emplace(*key, static_cast<std::uint32_t>(dataset.groups.size()));
            if (isNew)
                dataset.groups.push_back(*key);
            sample.group = found->second;
        }
        if (dataset.groups.empty())
            return badInput("data.group.pattern " + group.pattern + " matches no image; the first is " +
                            (dataset.samples.empty() ? "missing" : dataset.samples.front().path) + ".");
    }
    if (group.empty())
        return {};
    const auto alone = std::count_if(dataset.samples.begin(), dataset.samples.end(),
                                     [](const Sample& sample) { return sample.group == kNoGroup; });
    if (alone > 0)
        dataset.problems.push_back(
            {"no_group",
             {},
             std::to_string(alone) + " images belong to no group of data.group; each counts as its own group"});
    reportTornGroups(dataset);
    return {};
}

void splitValidation(Dataset& dataset, const DataSettings& settings, std::uint64_t seed) {
    if (settings.group.empty())
        splitClasses(dataset, settings, seed);
    else
        splitGroups(dataset, settings, seed);
    std::stable_sort(dataset.samples.begin(), dataset.samples.end(),
                     [](const Sample& a, const Sample& b) { return a.subset < b.subset; });
}

std::optional<GroupSuggestion> suggestGroups(const Dataset& dataset) {
    if (auto byName = suggestedBy(dataset, stemOf, kStemPattern, 3, "the beginning of their name"))
        return byName;
    return suggestedBy(dataset, folderOf, kFolderPattern, 2, "their folder");
}

} // namespace sightline
