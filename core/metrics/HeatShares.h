// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "support/Json.h"
#include "support/Npy.h"

namespace sightline {

/// A part of an image, in shares of its sides: 0 is left or top, 1 right or bottom. What lies beyond is cut off.
struct Region {
    double left = 0, top = 0, right = 1, bottom = 1;
};

/// Where heat can lie that is no good sign: away from the objects, in the frame of an eighth of each side all round, or
/// in a corner of a quarter of each side.
enum class HeatPlace { OutsideObject, Border, TopLeft, TopRight, BottomLeft, BottomRight };
const char* nameOf(HeatPlace place); ///< "outside the object", "border", "top left" ...
/// Of the image's area, where it does not depend on the image: what even heat would have there.
double areaOf(HeatPlace place);

/// Shares of a map's heat, 0...1.
struct HeatShares {
    std::optional<double> inBox; ///< nothing without boxes
    double boxArea = 0;          ///< of the image's area, with boxes: what even heat would have there
    double border = 0;
    std::array<double, 4> corners{}; ///< top left, top right, bottom left, bottom right
};

/// Where the heat of a map [H, W] lies; what is below 0 does not count. `boxes`: those of the objects; several may
/// overlap. Nothing where there is no heat at all.
std::optional<HeatShares> heatShares(const FloatArray& map, const std::vector<Region>& boxes);

/// The maps of one class, summed up; each map counts as much as another.
struct ClassHeat {
    std::string name;
    std::size_t images = 0; ///< with heat
    std::size_t boxed = 0;  ///< ... and boxes
    HeatShares shares;      ///< means
    FloatArray map;         ///< [H, W], the mean of the maps
};

/// Sums up the maps of several classes, all of one size.
class HeatSummary {
public:
    explicit HeatSummary(const std::vector<std::string>& classes);
    void add(std::size_t classIndex, const FloatArray& map, const HeatShares& shares);
    std::vector<ClassHeat> classes() const;

private:
    std::vector<ClassHeat> m_sums;
};

/// A class whose heat lies where its objects are not, or far more in one place than other classes'.
struct HeatHint {
    std::size_t classIndex = 0;
    HeatPlace place = HeatPlace::OutsideObject;
    double share = 0;  ///< of the class's heat in that place
    double others = 0; ///< mean of the classes without such a hint, else what even heat leaves there; below `share`
};

/// At most one for each class, of the place that says most; classes with fewer than `leastImages` maps give none.
std::vector<HeatHint> heatHints(const std::vector<ClassHeat>& classes, std::size_t leastImages = 5);

/// CLI.md's `maps` without `file`, and `hints`.
Json toJson(const ClassHeat& heat);
Json toJson(const HeatHint& hint, const std::vector<ClassHeat>& classes);

} // namespace sightline
