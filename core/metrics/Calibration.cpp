// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/Calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/InParts.h"

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

void addSlope(Slope& slope, const Prediction& image, double sharpness) {
    const double top = logitOf(*std::max_element(image.probabilities.begin(), image.probabilities.end()));
    double sum = 0, mean = 0, square = 0;
    for (const float probability : image.probabilities) {
        const double logit = logitOf(probability) - top, weight = std::exp(sharpness * logit);
        sum += weight;
        mean += weight * logit;
        square += weight * logit * logit;
    }
    mean /= sum;
    slope.first += mean - (logitOf(image.probabilities[static_cast<std::size_t>(image.truth)]) - top);
    slope.second += square / sum - mean * mean;
}

/// Of every `stride`-th image; summed in parts of fixed size, so that the sum is the same on any machine.
Slope slopeAt(const std::vector<Prediction>& predictions, double sharpness, std::size_t stride) {
    constexpr std::size_t kPart = 1024;
    const std::size_t images = (predictions.size() + stride - 1) / stride;
    std::vector<Slope> parts((images + kPart - 1) / kPart);
    inParts(parts.size(), [&](std::size_t part) {
        for (std::size_t i = part * kPart; i < std::min(images, (part + 1) * kPart); ++i)
            if (const Prediction& image = predictions[i * stride]; image.truth >= 0)
                addSlope(parts[part], image, sharpness);
    });
    Slope sum;
    for (const Slope& part : parts) {
        sum.first += part.first;
        sum.second += part.second;
    }
    return sum;
}

constexpr double kColdest = 0.01, kHottest = 100;

/// Newton's method within bounds.
double sharpest(const std::vector<Prediction>& predictions, double sharpness, std::size_t stride) {
    constexpr int kMostSteps = 60;
    constexpr double kClose = 1e-7; // its square is what the last step leaves
    double low = 1 / kHottest, high = 1 / kColdest;
    for (int step = 0; step < kMostSteps; ++step) {
        const Slope slope = slopeAt(predictions, sharpness, stride);
        (slope.first > 0 ? high : low) = sharpness;
        double next = sharpness - slope.first / slope.second;
        if (!(next >= low && next <= high))
            next = std::sqrt(low * high);
        const double moved = std::abs(next - sharpness);
        sharpness = next;
        if (moved <= kClose * sharpness)
            break;
    }
    return sharpness;
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
    constexpr std::size_t kFew = 2000;
    const bool isAllRight = std::all_of(predictions.begin(), predictions.end(), [](const Prediction& one) {
        return one.truth < 0 || one.truth == one.predicted;
    });
    if (isAllRight || !(slopeAt(predictions, 1 / kHottest, 1).first < 0))
        return {};
    const double near = sharpest(predictions, 1, predictions.size() / kFew + 1);
    const double sharpness = sharpest(predictions, near, 1);
    const bool isBound = sharpness > 0.999 / kColdest || sharpness < 1.001 / kHottest;
    return isBound ? std::nullopt : std::optional(1 / sharpness);
}

} // namespace sightline
