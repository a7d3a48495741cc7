// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "metrics/ClassClouds.h"

namespace sightline {

/// Of how many known images one may be refused where nobody says.
inline constexpr double kRefuseShare = 0.05;

/// How strange an image is to a network; both are larger for stranger ones. As exact as they are kept.
struct UnknownSigns {
    float energy = 0;   ///< -log sum exp of the logits (Liu et al. 2020, "Energy-based out-of-distribution detection")
    float distance = 0; ///< of its features from the nearest class (NearestClass)

    bool operator==(const UnknownSigns&) const = default;
};
float energyOf(std::span<const float> logits);

/// What tells images of none of a network's classes: fitted on what it makes of images that it knows.
struct UnknownRule {
    std::string layer;               ///< which network this is of: the input of its classifier
    ClassClouds clouds;              ///< of training images, by what the stages of the network see
    std::vector<UnknownSigns> known; ///< of validation images

    bool operator==(const UnknownRule&) const = default;
};

/// Judges by a rule so that a chosen share of known images, at most, is wrongly refused (split conformal prediction:
/// Vovk et al. 2005). Immutable.
class UnknownJudge {
public:
    /// Error, one sentence: too few known images for this share, or all of them alike; a share not in 0...1.
    static Result<UnknownJudge> by(const UnknownRule& rule, double refuseShare = kRefuseShare);

    const std::string& layer() const { return m_layer; }
    std::size_t width() const { return m_width; }     ///< of the features
    std::size_t classes() const { return m_classes; } ///< as many as logits
    /// Above 0: none of the classes. Both signs added, each in units of the way from the known images' median to their
    /// 95 % quantile, an energy below the median as the median, less the limit. Nothing where a value is not a number.
    std::optional<double> score(std::span<const float> features, std::span<const float> logits) const;
    /// By the logits alone: an image with a higher energy is unknown, with the same share wrongly refused.
    double energyLimit() const { return m_energyLimit; }

private:
    /// One sign, so that the known images' median is 0 and their 95 % quantile 1.
    struct Scale {
        double median = 0, spread = 0;
        double of(double value) const { return spread > 0 ? (value - median) / spread : 0; }
    };
    explicit UnknownJudge(const UnknownRule& rule) : m_nearest(rule.clouds) {}
    double together(const UnknownSigns& signs) const;

    std::string m_layer;
    std::size_t m_width = 0, m_classes = 0;
    NearestClass m_nearest;
    Scale m_energy, m_distance;
    double m_limit = 0, m_energyLimit = 0;
};

} // namespace sightline
