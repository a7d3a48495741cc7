// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/ClassClouds.h"

#include <opencv2/core.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "support/Random.h"

namespace sightline {

namespace {

/// Takes its class's mean off each row; the means, not numbers for classes without rows.
cv::Mat centred(cv::Mat& rows, const std::vector<int>& truth, int classes) {
    cv::Mat means = cv::Mat::zeros(classes, rows.cols, CV_64F);
    std::vector<int> counts(static_cast<std::size_t>(classes), 0);
    for (int i = 0; i < rows.rows; ++i) {
        const int label = truth[static_cast<std::size_t>(i)];
        means.row(label) += rows.row(i);
        ++counts[static_cast<std::size_t>(label)];
    }
    for (int c = 0; c < classes; ++c)
        if (const int count = counts[static_cast<std::size_t>(c)]; count > 0)
            means.row(c) /= count;
        else
            means.row(c).setTo(std::numeric_limits<double>::quiet_NaN());
    for (int i = 0; i < rows.rows; ++i)
        rows.row(i) -= means.row(truth[static_cast<std::size_t>(i)]);
    return means;
}

/// Makes the rows orthonormal, each with what is new in it; one that has nothing new becomes zero (Gram and Schmidt,
/// twice, so that rounding does not add up).
void makeOrthonormal(cv::Mat& rows) {
    for (int i = 0; i < rows.rows; ++i) {
        cv::Mat row = rows.row(i);
        const double before = cv::norm(row);
        for (int pass = 0; pass < 2; ++pass)
            for (int j = 0; j < i; ++j)
                cv::scaleAdd(rows.row(j), -row.dot(rows.row(j)), row, row);
        const double length = cv::norm(row);
        row *= length > 1e-12 * before ? 1 / length : 0;
    }
}

/// The largest eigenvalues of a symmetric matrix and their vectors, in rows: subspace iteration (Halko, Martinsson
/// and Tropp 2011).
struct Eigen {
    cv::Mat values, vectors;
};
Eigen largest(const cv::Mat& matrix, int count) {
    constexpr int kRounds = 12, kMore = 8;
    cv::Mat basis = cv::Mat::eye(matrix.rows, matrix.rows, CV_64F);
    if (count + kMore < matrix.rows) {
        basis.create(count + kMore, matrix.rows, CV_64F);
        CounterRandom random(0, RandomPurpose::Noise, 3);
        std::generate(basis.begin<double>(), basis.end<double>(), [&] { return random.normal(); });
        for (int round = 0; round < kRounds; ++round) {
            basis = basis * matrix;
            makeOrthonormal(basis);
        }
    }
    Eigen found;
    const cv::Mat inside = basis * matrix * basis.t();
    cv::Mat vectors;
    cv::eigen((inside + inside.t()) / 2, found.values, vectors);
    found.values = found.values.rowRange(0, count).clone();
    found.vectors = vectors.rowRange(0, count) * basis;
    return found;
}

/// How far the covariance S of N centred rows is drawn to a sphere of the same mean variance: Ledoit and Wolf's formula
/// for known means. `fourth`: mean of the rows' squared lengths, squared.
double shrinkage(double squaredNorm, double meanVariance, double fourth, double images, double width) {
    const double apart = squaredNorm - width * meanVariance * meanVariance;
    const double chance = (fourth - squaredNorm) / images;
    return apart > 0 ? std::clamp(chance / apart, 0.0, 1.0) : 0.0;
}

FloatArray arrayOf(const cv::Mat& matrix) {
    FloatArray array{{matrix.rows, matrix.cols}, {}};
    for (int i = 0; i < matrix.rows; ++i)
        for (int j = 0; j < matrix.cols; ++j)
            array.values.push_back(static_cast<float>(matrix.at<double>(i, j)));
    return array;
}

} // namespace

Result<ClassClouds> classClouds(const FloatArray& features, const std::vector<int>& truth, std::size_t classes,
                                int mostDirections) {
    if (truth.empty())
        return badInput("There are no training images to learn from what is known.");
    if (!std::all_of(features.values.begin(), features.values.end(), [](float value) { return std::isfinite(value); }))
        return badInput("The network's features are not numbers; its weights are damaged.");
    cv::Mat rows;
    cv::Mat(static_cast<int>(truth.size()), static_cast<int>(features.shape[1]), CV_32F,
            const_cast<float*>(features.values.data()))
        .convertTo(rows, CV_64F);
    const double before = cv::norm(rows, cv::NORM_L2SQR);
    const cv::Mat means = centred(rows, truth, static_cast<int>(classes));
    const double images = rows.rows, width = rows.cols, within = cv::norm(rows, cv::NORM_L2SQR);
    if (within <= 1e-12 * before)
        return badInput(
            "To the network all training images of a class look the same, so nothing tells an unknown one.");

    double fourth = 0;
    for (int i = 0; i < rows.rows; ++i)
        fourth += std::pow(cv::norm(rows.row(i), cv::NORM_L2SQR), 2) / images;
    const bool isWide = rows.cols > rows.rows; // the products of rows have the same eigenvalues, and are fewer
    cv::Mat products;
    cv::gemm(rows, rows, 1 / images, {}, 0, products, isWide ? cv::GEMM_2_T : cv::GEMM_1_T);
    const double meanVariance = within / images / width;
    const double shrunk = shrinkage(cv::norm(products, cv::NORM_L2SQR), meanVariance, fourth, images, width);

    const int directions = std::min({mostDirections, rows.cols, rows.rows});
    const Eigen found = largest(products, directions);
    ClassClouds clouds;
    double beyond = within / images;
    cv::Mat along(0, rows.cols, CV_64F);
    for (int k = 0; k < directions; ++k) {
        const double variance = found.values.at<double>(k);
        const cv::Mat direction = isWide ? cv::Mat(found.vectors.row(k) * rows) : found.vectors.row(k);
        const double length = cv::norm(direction);
        if (variance <= 1e-9 * found.values.at<double>(0) || !(length > 0))
            break;
        along.push_back(cv::Mat(direction / length));
        beyond -= variance;
        clouds.variances.push_back(static_cast<float>((1 - shrunk) * variance + shrunk * meanVariance));
    }
    const double others = width - along.rows;
    const double rest =
        others > 0 ? (1 - shrunk) * std::max(0.0, beyond) / others + shrunk * meanVariance : meanVariance;
    clouds.variances.push_back(static_cast<float>(std::max(rest, 1e-6 * meanVariance)));
    clouds.means = arrayOf(means);
    clouds.directions = arrayOf(along);
    return clouds;
}

NearestClass::NearestClass(const ClassClouds& clouds) : m_clouds(clouds), m_means(clouds.classes()) {
    const std::size_t width = clouds.width();
    for (std::size_t c = 0; c < m_means.size(); ++c) {
        const std::span mean = std::span(m_clouds.means.values).subspan(c * width, width);
        if (width > 0 && std::isfinite(mean.front()))
            m_means[c] = projected(mean);
    }
}

std::vector<double> NearestClass::projected(std::span<const float> values) const {
    std::vector<double> along(m_clouds.variances.size() - 1, 0.0);
    const float* direction = m_clouds.directions.values.data();
    for (double& sum : along)
        for (const float value : values)
            sum += static_cast<double>(value) * static_cast<double>(*direction++);
    return along;
}

double NearestClass::distance(std::span<const float> features) const {
    const std::vector<double> along = projected(features);
    double nearest = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t c = 0; c < m_means.size(); ++c) {
        const float* mean = m_clouds.means.values.data() + c * features.size();
        if (!std::isfinite(*mean))
            continue;
        double rest = 0, distance = 0;
        for (const float value : features) {
            const double apart = static_cast<double>(value) - static_cast<double>(*mean++);
            rest += apart * apart;
        }
        for (std::size_t k = 0; k < along.size(); ++k) {
            const double apart = along[k] - m_means[c][k];
            distance += apart * apart / static_cast<double>(m_clouds.variances[k]);
            rest -= apart * apart;
        }
        if (along.size() < features.size())
            distance += std::max(0.0, rest) / static_cast<double>(m_clouds.variances.back());
        if (!std::isfinite(distance))
            return std::numeric_limits<double>::quiet_NaN();
        nearest = std::isnan(nearest) ? distance : std::min(nearest, distance);
    }
    return nearest;
}

} // namespace sightline
