// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/questions/TargetClasses.h"

#include "engine/explain/HeatMapTarget.h"

namespace sightline {

Result<TargetClasses> targetClasses(const std::string& text, const std::vector<std::string>& classes, int predicted,
                                    int truth) {
    const auto read = parseHeatMapTarget(text, classes, static_cast<int>(classes.size()), predicted, truth);
    return read ? Result<TargetClasses>(TargetClasses{read->positive, read->negative}) : read.error();
}

std::string targetText(const std::vector<std::string>& classes, int positive, int negative) {
    const auto readsAsMeant = [&](const std::string& text) {
        // The words for what an image is stand for no class here: -1 is none of them.
        const auto read = targetClasses(text, classes, -1, -1);
        return read && read->positive == positive && read->negative == negative;
    };
    const auto nameOf = [&](int index) {
        return static_cast<std::size_t>(index) < classes.size() ? classes[static_cast<std::size_t>(index)]
                                                                : std::to_string(index);
    };
    const std::string number = std::to_string(positive);
    if (negative < 0)
        return readsAsMeant(nameOf(positive)) ? nameOf(positive) : number;
    const std::string against = std::to_string(negative);
    for (const std::string& text : {nameOf(positive) + "-" + nameOf(negative), number + "-" + against,
                                    nameOf(positive) + "-" + against, number + "-" + nameOf(negative)})
        if (readsAsMeant(text))
            return text;
    return number + "-" + against;
}

} // namespace sightline
