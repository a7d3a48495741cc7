// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "support/Npy.h"
#include "support/Result.h"

namespace sightline {

/// Where the features of each class lie: around its mean, with one covariance for all classes (Lee et al. 2018), shrunk
/// towards a sphere (Ledoit and Wolf 2004). Beyond the directions in which features vary most, all others have one
/// variance.
struct ClassClouds {
    FloatArray means;             ///< [classes, D]; not numbers: a class without images
    FloatArray directions;        ///< [K, D], orthonormal
    std::vector<float> variances; ///< [K + 1]: along each direction; the last one along every other

    std::size_t classes() const { return static_cast<std::size_t>(means.shape.at(0)); }
    std::size_t width() const { return static_cast<std::size_t>(means.shape.at(1)); }
    bool operator==(const ClassClouds&) const = default;
};

/// `features` [N, D], `truth` [N], 0 ... classes - 1. Errors: no images, values that are not numbers, images of each
/// class that are all alike.
Result<ClassClouds> classClouds(const FloatArray& features, const std::vector<int>& truth, std::size_t classes,
                                int mostDirections = 128);

/// How far features lie from the nearest class: the squared Mahalanobis distance to its mean.
class NearestClass {
public:
    explicit NearestClass(const ClassClouds& clouds);
    /// Not a number where a feature is none. `features` [D].
    double distance(std::span<const float> features) const;

private:
    std::vector<double> projected(std::span<const float> values) const;

    ClassClouds m_clouds;
    std::vector<std::vector<double>> m_means; ///< [class][K] along the directions; empty: a class without images
};

} // namespace sightline
