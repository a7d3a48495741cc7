// SPDX-License-Identifier: GPL-3.0-or-later
#include "data/SplitUnits.h"

#include <unordered_map>

namespace sightline {

std::vector<SplitUnit> splitUnits(const Dataset& dataset) {
    std::vector<SplitUnit> units;
    std::unordered_map<std::uint32_t, std::size_t> known;
    for (std::size_t i = 0; i < dataset.samples.size(); ++i) {
        const Sample& sample = dataset.samples[i];
        if (sample.subset != Subset::Train)
            continue;
        std::size_t unit = units.size();
        if (sample.group != kNoGroup)
            unit = known.emplace(sample.group, unit).first->second;
        if (unit == units.size())
            units.emplace_back();
        units[unit].members.push_back(i);
        if (sample.label >= 0)
            ++units[unit].perClass[static_cast<std::size_t>(sample.label)];
    }
    return units;
}

} // namespace sightline
