// SPDX-License-Identifier: GPL-3.0-or-later
#include "suggest/MirrorTest.h"

#include <opencv2/core.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace sightline {

namespace {

constexpr int kSide = Thumb::kSide, kHalf = kSide * kSide / 2;

/// What mirroring changes: of each pair of mirrored pixels the difference, the whole of length 1.
std::vector<double> difference(const Thumb& picture, Mirror mirror) {
    std::vector<double> found;
    found.reserve(kHalf);
    for (int a = 0; a < kSide; ++a)
        for (int b = 0; b < kSide / 2; ++b) {
            const int here = mirror == Mirror::LeftRight ? a * kSide + b : b * kSide + a;
            const int there = mirror == Mirror::LeftRight ? a * kSide + kSide - 1 - b : (kSide - 1 - b) * kSide + a;
            found.push_back(static_cast<double>(picture.values[static_cast<std::size_t>(here)]) -
                            static_cast<double>(picture.values[static_cast<std::size_t>(there)]));
        }
    double length = 0;
    for (const double value : found)
        length += value * value;
    if (length > 0)
        for (double& value : found)
            value /= std::sqrt(length);
    return found;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += a[i] * b[i];
    return sum;
}

using Rows = std::vector<std::vector<double>>;

/// w of min |D w - 1|^2 + l |w|^2, l a tenth of the mean eigenvalue's sum over the rows.
std::vector<double> ridge(const Rows& rows) {
    cv::Mat normal = cv::Mat::zeros(kHalf, kHalf, CV_64F), right = cv::Mat::zeros(kHalf, 1, CV_64F), solution;
    for (const std::vector<double>& row : rows)
        for (int i = 0; i < kHalf; ++i) {
            const double value = row[static_cast<std::size_t>(i)];
            right.at<double>(i) += value;
            double* line = normal.ptr<double>(i);
            for (int j = 0; j < kHalf; ++j)
                line[j] += value * row[static_cast<std::size_t>(j)];
        }
    const double trace = cv::trace(normal)[0];
    normal += cv::Mat::eye(kHalf, kHalf, CV_64F) * std::max(0.1 * trace / 8, 1e-9);
    cv::solve(normal, right, solution, cv::DECOMP_CHOLESKY);
    return {solution.ptr<double>(0), solution.ptr<double>(0) + kHalf};
}

/// The first half of each class in the order given: pictures taken one after the other are alike, and stay together.
std::vector<char> firstHalves(const std::vector<Thumb>& pictures) {
    std::map<int, std::size_t> sizes, seen;
    for (const Thumb& picture : pictures)
        ++sizes[picture.label];
    std::vector<char> first;
    for (const Thumb& picture : pictures)
        first.push_back(2 * seen[picture.label]++ < sizes[picture.label] ? 1 : 0);
    return first;
}

/// How many of `judged` are told right; a picture that is its own mirror image counts as half.
double toldBy(const std::vector<double>& rule, const std::vector<double>& judged) {
    const double side = dot(rule, judged);
    return side > 1e-12 ? 1.0 : side < -1e-12 ? 0.0 : 0.5;
}

} // namespace

double mirrorTold(const std::vector<Thumb>& pictures, Mirror mirror) {
    if (pictures.size() < 20)
        return 0.5;
    const std::vector<char> inFirst = firstHalves(pictures);
    double byAll = 0, byClass = 0;
    for (const char half : {char{0}, char{1}}) {
        Rows known;
        std::map<int, std::vector<double>> means;
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            if (inFirst[i] == half)
                continue;
            known.push_back(difference(pictures[i], mirror));
            std::vector<double>& mean = means.try_emplace(pictures[i].label, std::vector<double>(kHalf)).first->second;
            for (std::size_t k = 0; k < mean.size(); ++k)
                mean[k] += known.back()[k];
        }
        const std::vector<double> rule = ridge(known);
        for (std::size_t i = 0; i < pictures.size(); ++i) {
            if (inFirst[i] != half)
                continue;
            const std::vector<double> judged = difference(pictures[i], mirror);
            byAll += toldBy(rule, judged);
            const auto mean = means.find(pictures[i].label);
            byClass += mean == means.end() ? 0.5 : toldBy(mean->second, judged);
        }
    }
    return std::max(byAll, byClass) / static_cast<double>(pictures.size());
}

double mirrorLimit(std::size_t pictures) {
    return 0.5 + 1.5 / std::sqrt(static_cast<double>(std::max<std::size_t>(pictures, 1)));
}

} // namespace sightline
