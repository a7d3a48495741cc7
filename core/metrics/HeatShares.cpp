// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/HeatShares.h"

#include <algorithm>
#include <cmath>

namespace sightline {

namespace {

constexpr double kFrame = 1.0 / 8, kCorner = 1.0 / 4;
constexpr double kMostBorder = 1 - (1 - 2 * kFrame) * (1 - 2 * kFrame);

// A place is suspect that has much of the heat, and ...
constexpr double kMuchInCorner = 0.15, kMuchInBorder = 0.65;
constexpr double kHotterThanObject = 1.5; ///< is so many times hotter than the objects, area for area,
constexpr double kMoreThanOthers = 2;     ///< or has so many times the other classes' share,
constexpr double kMostInCorner = 0.3;     ///< or, where no boxes are known, this much is in one corner.
constexpr double kLeastInBox = 0.6;       ///< Objects are missed that have less than so much of what even heat leaves

constexpr std::array kCorners = {HeatPlace::TopLeft, HeatPlace::TopRight, HeatPlace::BottomLeft,
                                 HeatPlace::BottomRight};

/// Whether the centre of pixel `at` of `count` lies between two shares.
bool isWithin(std::int64_t at, std::int64_t count, double from, double to) {
    const double place = (static_cast<double>(at) + 0.5) / static_cast<double>(count);
    return place >= from && place < to;
}

bool isIn(const std::vector<Region>& boxes, std::int64_t y, std::int64_t x, std::int64_t height, std::int64_t width) {
    return std::any_of(boxes.begin(), boxes.end(), [&](const Region& box) {
        return isWithin(y, height, box.top, box.bottom) && isWithin(x, width, box.left, box.right);
    });
}

double shareIn(const ClassHeat& heat, HeatPlace place) {
    if (place == HeatPlace::OutsideObject)
        return 1 - heat.shares.inBox.value_or(1);
    if (place == HeatPlace::Border)
        return heat.shares.border;
    return heat.shares.corners[static_cast<std::size_t>(place) - static_cast<std::size_t>(HeatPlace::TopLeft)];
}

/// Less heat on the objects than heat spread evenly would leave there.
bool missesObjects(const ClassHeat& heat) {
    return heat.shares.inBox && *heat.shares.inBox < kLeastInBox * heat.shares.boxArea;
}

/// Whether the place is hotter than the objects, area for area.
bool isHotterThanObjects(const ClassHeat& heat, HeatPlace place) {
    return heat.shares.inBox &&
           shareIn(heat, place) * heat.shares.boxArea > kHotterThanObject * areaOf(place) * *heat.shares.inBox;
}

bool isSuspect(const ClassHeat& heat, HeatPlace place, double others) {
    const double share = shareIn(heat, place);
    if (place == HeatPlace::OutsideObject)
        return missesObjects(heat);
    const bool isCorner = place != HeatPlace::Border;
    if (share < (isCorner ? kMuchInCorner : kMuchInBorder))
        return false;
    return isHotterThanObjects(heat, place) || share >= kMoreThanOthers * std::max(others, areaOf(place)) ||
           (isCorner && !heat.shares.inBox && share >= kMostInCorner);
}

} // namespace

const char* nameOf(HeatPlace place) {
    switch (place) {
    case HeatPlace::OutsideObject:
        return "outside the object";
    case HeatPlace::Border:
        return "border";
    case HeatPlace::TopLeft:
        return "top left";
    case HeatPlace::TopRight:
        return "top right";
    case HeatPlace::BottomLeft:
        return "bottom left";
    case HeatPlace::BottomRight:
        break;
    }
    return "bottom right";
}

double areaOf(HeatPlace place) {
    if (place == HeatPlace::OutsideObject)
        return 0;
    return place == HeatPlace::Border ? kMostBorder : kCorner * kCorner;
}

std::optional<HeatShares> heatShares(const FloatArray& map, const std::vector<Region>& boxes) {
    if (map.shape.size() != 2 || map.size() != static_cast<std::int64_t>(map.values.size()))
        return std::nullopt;
    const std::int64_t height = map.shape[0], width = map.shape[1];
    HeatShares shares;
    double all = 0, inBox = 0, boxed = 0;
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x) {
            const auto given = static_cast<double>(map.values[static_cast<std::size_t>(y * width + x)]);
            const double heat = std::isfinite(given) ? std::max(0.0, given) : 0;
            const bool isInside = isIn(boxes, y, x, height, width);
            all += heat;
            inBox += isInside ? heat : 0;
            boxed += isInside ? 1 : 0;
            if (!isWithin(y, height, kFrame, 1 - kFrame) || !isWithin(x, width, kFrame, 1 - kFrame))
                shares.border += heat;
            const bool isTop = isWithin(y, height, 0, kCorner), isBottom = isWithin(y, height, 1 - kCorner, 1);
            const bool isLeft = isWithin(x, width, 0, kCorner), isRight = isWithin(x, width, 1 - kCorner, 1);
            if ((isTop || isBottom) && (isLeft || isRight))
                shares.corners[(isTop ? 0u : 2u) + (isLeft ? 0u : 1u)] += heat;
        }
    if (all <= 0)
        return std::nullopt;
    if (boxed > 0) {
        shares.inBox = inBox / all;
        shares.boxArea = boxed / static_cast<double>(height * width);
    }
    shares.border /= all;
    for (double& corner : shares.corners)
        corner /= all;
    return shares;
}

HeatSummary::HeatSummary(const std::vector<std::string>& classes) {
    for (const std::string& name : classes)
        m_sums.push_back({name, 0, 0, {}, {}});
}

void HeatSummary::add(std::size_t classIndex, const FloatArray& map, const HeatShares& shares) {
    ClassHeat& sum = m_sums[classIndex];
    ++sum.images;
    if (shares.inBox) {
        ++sum.boxed;
        sum.shares.inBox = sum.shares.inBox.value_or(0) + *shares.inBox;
        sum.shares.boxArea += shares.boxArea;
    }
    sum.shares.border += shares.border;
    for (std::size_t i = 0; i < shares.corners.size(); ++i)
        sum.shares.corners[i] += shares.corners[i];
    if (sum.map.values.empty())
        sum.map = {map.shape, std::vector<float>(map.values.size(), 0.0f)};
    for (std::size_t i = 0; i < std::min(map.values.size(), sum.map.values.size()); ++i)
        sum.map.values[i] += map.values[i];
}

std::vector<ClassHeat> HeatSummary::classes() const {
    std::vector<ClassHeat> means = m_sums;
    for (ClassHeat& mean : means) {
        const double images = static_cast<double>(std::max<std::size_t>(1, mean.images));
        const double boxed = static_cast<double>(std::max<std::size_t>(1, mean.boxed));
        if (mean.shares.inBox)
            mean.shares.inBox = *mean.shares.inBox / boxed;
        mean.shares.boxArea /= boxed;
        mean.shares.border /= images;
        for (double& corner : mean.shares.corners)
            corner /= images;
        for (float& value : mean.map.values)
            value /= static_cast<float>(images);
    }
    return means;
}

std::vector<HeatHint> heatHints(const std::vector<ClassHeat>& classes, std::size_t leastImages) {
    const auto othersOf = [&](std::size_t own, HeatPlace place) {
        double sum = 0, count = 0;
        for (std::size_t i = 0; i < classes.size(); ++i)
            if (i != own && classes[i].images > 0) {
                sum += shareIn(classes[i], place);
                ++count;
            }
        return count > 0 ? sum / count : 0;
    };
    std::vector<HeatHint> found;
    for (std::size_t i = 0; i < classes.size(); ++i) {
        if (classes[i].images < leastImages)
            continue;
        std::vector<HeatPlace> places(kCorners.begin(), kCorners.end()); // the fullest corner says most
        std::stable_sort(places.begin(), places.end(),
                         [&](HeatPlace a, HeatPlace b) { return shareIn(classes[i], a) > shareIn(classes[i], b); });
        places.insert(places.end(), {HeatPlace::Border, HeatPlace::OutsideObject});
        for (const HeatPlace place : places)
            if (const double others = othersOf(i, place); isSuspect(classes[i], place, others)) {
                found.push_back({i, place, shareIn(classes[i], place), others});
                break;
            }
    }
    // What several classes have in common is seen beside those that do not have it.
    std::vector<HeatHint> hints;
    for (HeatHint hint : found) {
        double sum = 0, count = 0;
        for (std::size_t i = 0; i < classes.size(); ++i) {
            const bool hasIt = std::any_of(found.begin(), found.end(), [&](const HeatHint& other) {
                return other.classIndex == i && other.place == hint.place;
            });
            if (!hasIt && classes[i].images > 0) {
                sum += shareIn(classes[i], hint.place);
                ++count;
            }
        }
        if (count > 0)
            hint.others = sum / count;
        else if (areaOf(hint.place) > 0)
            hint.others = areaOf(hint.place);
        if (hint.share > hint.others)
            hints.push_back(hint);
    }
    return hints;
}

Json toJson(const ClassHeat& heat) {
    return {{"class", heat.name},
            {"images", heat.images},
            {"in_box", heat.shares.inBox ? Json(*heat.shares.inBox) : Json()},
            {"border", heat.shares.border},
            {"corners", heat.shares.corners}};
}

Json toJson(const HeatHint& hint, const std::vector<ClassHeat>& classes) {
    return {{"class", classes[hint.classIndex].name},
            {"where", nameOf(hint.place)},
            {"share", hint.share},
            {"others", hint.others}};
}

} // namespace sightline
