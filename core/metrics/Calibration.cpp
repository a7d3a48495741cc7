// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/Calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sightline {

namespace {

constexpr int kBins = 15;

/// The probability as a logit; one too small for a float counts as the smallest.
double logitOf(float probability) {
    return std::log(static_cast<double>(std::max(probability, std::numeric_limits<float>::denorm_min())));
}

/// The top probability once the logits are multiplied by `sharpness` (one over the temperature).
double sharpenedConfidence(const std::vector<float>& probabilities, double sharpness) {
    const double top = logitOf(*std::max_element(probabilities.begin(), probabilities.end()));
    double sum = 0;
    for (const float probability : probabilities)
        sum += std::exp(sharpness * (logitOf(probability) - top));
    return 1 / sum;
}

struct BinSums {
    std::size_t images = 0, right = 0;
    double confidence = 0;
};

std::vector<ConfidenceBin> binsOf(const std::vector<Prediction>& predictions, std::optional<double> temperature) {
    std::vector<BinSums> sums(kBins);
    for (const Prediction& one : predictions) {
        if (one.truth < 0)
            continue;
        const double confidence =
            temperature ? sharpenedConfidence(one.probabilities, 1 / *temperature) : one.confidence;
        if (!std::isfinite(confidence)) // of a broken network
            continue;
        int bin = std::clamp(static_cast<int>(std::ceil(confidence * kBins)) - 1, 0, kBins - 1);
        if (bin > 0 && confidence <= static_cast<double>(bin) / kBins) // the product was rounded
            --bin;
        BinSums& into = sums[static_cast<std::size_t>(bin)];
        ++into.images;
        into.right += one.truth == one.predicted ? 1 : 0;
        into.confidence += confidence;
    }
    std::vector<ConfidenceBin> bins;
    for (int i = 0; i < kBins; ++i) {
        const BinSums& one = sums[static_cast<std::size_t>(i)];
        ConfidenceBin bin{static_cast<double>(i) / kBins, static_cast<double>(i + 1) / kBins, one.images, {}, {}};
        if (const auto images = static_cast<double>(one.images); one.images > 0) {
            bin.confidence = one.confidence / images;
            bin.accuracy = static_cast<double>(one.right) / images;
        }
        bins.push_back(bin);
    }
    return bins;
}

std::optional<double> expectedError(const std::vector<ConfidenceBin>& bins) {
    double error = 0, images = 0;
    for (const ConfidenceBin& bin : bins) {
        if (bin.images == 0)
            continue;
        error += static_cast<double>(bin.images) * std::abs(*bin.accuracy - *bin.confidence);
        images += static_cast<double>(bin.images);
    }
    return images > 0 ? std::optional(error / images) : std::nullopt;
}

/// First and second derivative of the -log likelihood by the sharpness, in which it is convex.
struct Slope {
    double first = 0, second = 0;
};

Slope slopeAt(const std::vector<Prediction>& predictions, double sharpness) {
    Slope slope;
    for (const Prediction& one : predictions) {
        if (one.truth < 0)
            continue;
        const double top = logitOf(*std::max_element(one.probabilities.begin(), one.probabilities.end()));
        double sum = 0, mean = 0, square = 0;
        for (const float probability : one.probabilities) {
            const double logit = logitOf(probability) - top, weight = std::exp(sharpness * logit);
            sum += weight;
            mean += weight * logit;
            square += weight * logit * logit;
        }
        mean /= sum;
        slope.first += mean - (logitOf(one.probabilities[static_cast<std::size_t>(one.truth)]) - top);
        slope.second += square / sum - mean * mean;
    }
    return slope;
}

} // namespace

Calibration calibrationOf(const std::vector<Prediction>& predictions, std::optional<double> temperature) {
    Calibration calibration;
    calibration.bins = binsOf(predictions, {});
    calibration.ece = expectedError(calibration.bins);
    calibration.temperature = temperature;
    if (temperature)
        calibration.eceAfter = expectedError(binsOf(predictions, temperature));
    return calibration;
}

std::optional<double> fittedTemperature(const std::vector<Prediction>& predictions) {
    constexpr double kColdest = 0.01, kHottest = 100;
    constexpr int kMostSteps = 60;
    double low = 1 / kHottest, high = 1 / kColdest, sharpness = 1;
    if (!(slopeAt(predictions, low).first < 0) || !(slopeAt(predictions, high).first > 0))
        return {};
    for (int step = 0; step < kMostSteps; ++step) {
        const Slope slope = slopeAt(predictions, sharpness);
        (slope.first > 0 ? high : low) = sharpness;
        double next = sharpness - slope.first / slope.second;
        if (!(next > low && next < high))
            next = std::sqrt(low * high);
        const double moved = std::abs(next - sharpness);
        sharpness = next;
        if (moved <= 1e-11 * sharpness)
            break;
    }
    return 1 / sharpness;
}

} // namespace sightline
