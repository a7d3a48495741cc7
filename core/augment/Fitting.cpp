// SPDX-License-Identifier: GPL-3.0-or-later
#include "augment/Fitting.h"

#include <opencv2/core.hpp>

#include <algorithm>
#include <cmath>

namespace sightline {

namespace {

/// Sums over all images, in double.
struct Sums {
    std::vector<double> values, squares; ///< per channel
    std::size_t images = 0, pixels = 0;
};

// Which clone is taken is found out while the library is loaded, before ThreadSanitizer has begun: it would crash.
#ifdef __SANITIZE_THREAD__
#define SIGHTLINE_CLONES
#else
#define SIGHTLINE_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#endif

/// Adds the outer products of `count` rows to the upper triangle of covariance.
SIGHTLINE_CLONES void addProducts(const std::vector<double>& rows, std::size_t count, std::size_t width,
                                  double* covariance) {
    for (std::size_t i = 0; i < width; ++i) {
        double* target = covariance + i * width;
        for (std::size_t k = 0; k < count; ++k) {
            const double* row = rows.data() + k * width;
            const double factor = row[i];
            for (std::size_t j = i; j < width; ++j)
                target[j] += factor * row[j];
        }
    }
}

Result<Sums> sumsOf(BatchLoader& loader, const std::stop_token& stop) {
    const auto channels = static_cast<std::size_t>(loader.channels());
    Sums sums{std::vector<double>(channels), std::vector<double>(channels)};
    loader.startEpoch(0);
    while (const Batch* batch = loader.next(stop)) {
        for (std::size_t i = 0; i < batch->images.size(); i += channels) {
            for (std::size_t c = 0; c < channels; ++c) {
                const auto value = static_cast<double>(batch->images[i + c]);
                sums.values[c] += value;
                sums.squares[c] += value * value;
            }
        }
        sums.images += static_cast<std::size_t>(batch->size);
        sums.pixels += batch->images.size() / channels;
    }
    if (stop.stop_requested())
        return cancelled();
    if (sums.images == 0)
        return badInput("None of the training images can be read, so the normalization cannot be fitted.");
    return sums;
}

/// X^T X / images of the images less the channels' means.
Result<cv::Mat> covarianceOf(BatchLoader& loader, const std::vector<float>& mean, std::size_t images,
                             const std::stop_token& stop) {
    const std::size_t width =
        static_cast<std::size_t>(loader.outputHeight()) * static_cast<std::size_t>(loader.outputWidth()) * mean.size();
    cv::Mat covariance = cv::Mat::zeros(static_cast<int>(width), static_cast<int>(width), CV_64F);
    std::vector<double> rows;
    loader.startEpoch(0);
    while (const Batch* batch = loader.next(stop)) {
        rows.resize(batch->images.size());
        for (std::size_t i = 0; i < rows.size(); ++i)
            rows[i] = static_cast<double>(batch->images[i] - mean[i % mean.size()]);
        addProducts(rows, static_cast<std::size_t>(batch->size), width, covariance.ptr<double>());
    }
    if (stop.stop_requested())
        return cancelled();
    covariance /= static_cast<double>(images);
    cv::completeSymm(covariance, false);
    return covariance;
}

/// U diag(strength) U^T from the covariance's eigenvectors, strongest first.
std::vector<float> whiteningOf(const cv::Mat& covariance, std::size_t images, double epsilon, Semantics semantics) {
    cv::Mat variances, vectors; // one vector a row
    cv::eigen(covariance, variances, vectors);
    const int width = covariance.rows;
    const auto count = static_cast<double>(images);
    cv::Mat scaled = vectors.clone();
    for (int i = 0; i < width; ++i) {
        const double variance = std::max(0.0, variances.at<double>(i));
        double strength = 1 / std::sqrt(variance + epsilon);
        if (semantics != Semantics::Keras28) // the thin decomposition knows as many directions as there are images
            strength = i < static_cast<int>(std::min<std::size_t>(images, static_cast<std::size_t>(width)))
                           ? std::sqrt(count) / (std::sqrt(count * variance) + epsilon)
                           : 0;
        scaled.row(i) *= strength;
    }
    const cv::Mat whitening = scaled.t() * vectors;
    std::vector<float> values;
    values.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(width));
    for (int y = 0; y < width; ++y) {
        for (int x = 0; x < width; ++x)
            values.push_back(static_cast<float>(whitening.at<double>(y, x)));
    }
    return values;
}

} // namespace

Result<std::shared_ptr<const FittedNormalization>> fitNormalization(const Dataset& dataset,
                                                                    const std::vector<std::uint32_t>& indices,
                                                                    LoaderSettings settings, std::stop_token stop) {
    if (!settings.normalization.needsFit())
        return std::shared_ptr<const FittedNormalization>();
    const NormalizationSettings asked = settings.normalization;
    settings.normalization = {};
    settings.normalization.preset =
        asked.rescale != 0 ? NormalizationSettings::Preset::Keras : NormalizationSettings::Preset::None;
    settings.normalization.rescale = asked.rescale;
    settings.fitted = nullptr;
    settings.training = settings.shuffle = false;
    settings.augmentation.augmentValidation = false;
    BatchLoader loader(dataset, indices, settings);
    if (asked.zcaWhitening &&
        static_cast<double>(loader.outputHeight()) * loader.outputWidth() * loader.channels() > kMostWhitenedValues)
        return badInput(
            "normalization.zca_whitening needs images of at most 4,096 values; choose a smaller data.image_size.");
    const Result<Sums> sums = sumsOf(loader, stop);
    if (!sums)
        return sums.error();
    auto fitted = std::make_shared<FittedNormalization>();
    for (std::size_t c = 0; c < sums->values.size(); ++c) {
        const double mean = sums->values[c] / static_cast<double>(sums->pixels);
        fitted->mean.push_back(static_cast<float>(mean));
        fitted->deviation.push_back(static_cast<float>(
            std::sqrt(std::max(0.0, sums->squares[c] / static_cast<double>(sums->pixels) - mean * mean))));
    }
    if (asked.zcaWhitening) {
        const Result<cv::Mat> covariance = covarianceOf(loader, fitted->mean, sums->images, stop);
        if (!covariance)
            return covariance.error();
        fitted->whitening = whiteningOf(*covariance, sums->images, asked.zcaEpsilon, settings.augmentation.semantics);
    }
    return std::shared_ptr<const FittedNormalization>(std::move(fitted));
}

} // namespace sightline
