// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/explain/HeatMapTarget.h"

#include <algorithm>
#include <optional>

namespace sightline {

namespace {

struct TargetReader {
    const std::vector<std::string>& classes;
    int count, predicted, truth;

    std::optional<int> one(const std::string& text) const {
        if (text == "predicted")
            return predicted;
        if (text == "true")
            return truth >= 0 ? std::optional<int>(truth) : std::nullopt;
        const auto place = std::find(classes.begin(), classes.end(), text);
        if (place != classes.end())
            return static_cast<int>(place - classes.begin());
        if (text.empty() || text.size() > 8 || text.find_first_not_of("0123456789") != std::string::npos)
            return std::nullopt;
        const int number = std::stoi(text);
        return number < count ? std::optional<int>(number) : std::nullopt;
    }

    std::string name(int index) const {
        const auto place = static_cast<std::size_t>(index);
        return place < classes.size() ? classes[place] : std::to_string(index);
    }
};

} // namespace

Result<HeatMapTarget> parseHeatMapTarget(const std::string& text, const std::vector<std::string>& classes, int count,
                                         int predicted, int truth) {
    const TargetReader reader{classes, count, predicted, truth};
    if (const auto whole = reader.one(text))
        return HeatMapTarget{*whole, -1, reader.name(*whole)};
    if (text == "true") {
        const auto named = std::find(classes.begin(), classes.end(), text);
        return badInput("The target is the true class, but the true class of this image is not known" +
                        (named == classes.end()
                             ? "."
                             : "; the class named true is number " + std::to_string(named - classes.begin()) + "."));
    }
    std::vector<HeatMapTarget> pairs;
    for (auto dash = text.find('-'); dash != std::string::npos; dash = text.find('-', dash + 1)) {
        const auto positive = reader.one(text.substr(0, dash)), negative = reader.one(text.substr(dash + 1));
        if (positive && negative)
            pairs.push_back({*positive, *negative, reader.name(*positive) + "-" + reader.name(*negative)});
    }
    if (pairs.size() > 1)
        return badInput("The target " + text + " is ambiguous; use the class numbers.");
    if (pairs.empty())
        return badInput("The target " + text + " is not predicted, true, CLASS-CLASS or one of the " +
                        std::to_string(count) + " classes.");
    if (pairs.front().positive == pairs.front().negative)
        return badInput("The target " + text + " compares a class with itself.");
    return pairs.front();
}

} // namespace sightline
