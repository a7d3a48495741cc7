// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/Folds.h"

#include <algorithm>

#include "data/SplitUnits.h"
#include "support/Random.h"
#include "support/Words.h"

namespace sightline {

namespace {

/// For each sample its part; samples without one (test images, images without a label) keep kNone.
constexpr int kNone = -1;
using Parts = std::vector<int>;

/// Each class is dealt out in turn, beginning where the class before it ended.
Result<Parts> dealtByClass(const Dataset& dataset, int parts, std::uint64_t seed) {
    std::vector<std::vector<std::size_t>> perClass(dataset.classes.size());
    for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
        const Sample& sample = dataset.samples[i];
        if (sample.subset == Subset::Train && sample.label >= 0)
            perClass[static_cast<std::size_t>(sample.label)].push_back(i);
    }
    Parts part(dataset.samples.size(), kNone);
    int next = 0;
    for (std::size_t label = 0; label < perClass.size(); ++label) {
        const std::vector<std::size_t>& members = perClass[label];
        if (!members.empty() && members.size() < static_cast<std::size_t>(parts))
            return badInput("The class " + shown(dataset.classes[label]) + " has only " +
                            counted(members.size(), "image") + " to train and validate with, too few for " +
                            std::to_string(parts) + " folds; use fewer folds.");
        for (const std::uint32_t position : permutation(members.size(), seed, RandomPurpose::Split, label)) {
            part[members[position]] = next;
            next = (next + 1) % parts;
        }
    }
    return part;
}

/// How far a part is from its share of each class, were this unit added to it.
double cost(const SplitUnit& unit, const std::vector<double>& held, const std::vector<double>& share) {
    double sum = 0;
    for (const auto& [label, count] : unit.perClass) {
        const double before = held[label] / share[label],
                     after = (held[label] + static_cast<double>(count)) / share[label];
        sum += after * after - before * before;
    }
    return sum;
}

Result<Parts> dealtByGroup(const Dataset& dataset, int parts, std::uint64_t seed) {
    const std::vector<SplitUnit> units = splitUnits(dataset);
    if (units.size() < static_cast<std::size_t>(parts))
        return badInput("There are only " + counted(units.size(), "group") + " of images (data.group), too few for " +
                        std::to_string(parts) + " folds; use fewer folds.");
    std::vector<std::uint32_t> order = permutation(units.size(), seed, RandomPurpose::Split, dataset.classes.size());
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return units[a].members.size() > units[b].members.size();
    });
    const auto count = static_cast<std::size_t>(parts);
    std::vector<double> share;
    for (const std::size_t images : dataset.countsPerClass(Subset::Train))
        share.push_back(static_cast<double>(images) / parts);
    std::vector<std::vector<double>> held(count, std::vector<double>(dataset.classes.size(), 0));
    std::vector<std::size_t> images(count, 0);
    Parts part(dataset.samples.size(), kNone);
    for (const std::uint32_t index : order) {
        const SplitUnit& unit = units[index];
        std::size_t best = 0;
        for (std::size_t i = 1; i < count; ++i) {
            const double one = cost(unit, held[i], share), other = cost(unit, held[best], share);
            if (one < other || (one == other && images[i] < images[best]))
                best = i;
        }
        for (const auto& [label, more] : unit.perClass)
            held[best][label] += static_cast<double>(more);
        images[best] += unit.members.size();
        for (const std::size_t member : unit.members)
            part[member] = static_cast<int>(best);
    }
    return part;
}

} // namespace

Result<void> cutFold(Dataset& dataset, const DataSettings& settings, std::uint64_t seed) {
    for (Sample& sample : dataset.samples)
        if (sample.subset == Subset::Validation)
            sample.subset = Subset::Train;
    const int parts = settings.fold.of;
    const Result<Parts> part =
        settings.group.empty() ? dealtByClass(dataset, parts, seed) : dealtByGroup(dataset, parts, seed);
    if (!part)
        return part.error();
    for (std::size_t i = 0; i < dataset.samples.size(); ++i)
        if ((*part)[i] == settings.fold.index - 1)
            dataset.samples[i].subset = Subset::Validation;
    std::stable_sort(dataset.samples.begin(), dataset.samples.end(),
                     [](const Sample& a, const Sample& b) { return a.subset < b.subset; });
    return {};
}

} // namespace sightline
