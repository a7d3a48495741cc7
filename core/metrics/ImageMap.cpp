// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/ImageMap.h"

#include <opencv2/core.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numeric>
#include <utility>

#include "support/Random.h"

namespace sightline {

namespace {

constexpr int kNeighbours = 15, kComponents = 50, kRows = 512, kNegatives = 5;
constexpr float kA = 1.577f, kB = 0.8951f; // of the curve 1 / (1 + a d^2b) for a minimal distance of 0.1

cv::Mat matOf(const FloatArray& array) {
    return {static_cast<int>(array.shape[0]), static_cast<int>(array.shape[1]), CV_32F,
            const_cast<float*>(array.values.data())};
}

struct Neighbours {
    int count = 0;                 ///< of each
    std::vector<std::uint32_t> of; ///< [N, count], nearest first, itself left out
    std::vector<float> distances;  ///< [N, count]
};

/// By all distances, a block of rows at once.
Result<Neighbours> nearest(const cv::Mat& points, const std::stop_token& stop) {
    const int n = points.rows;
    Neighbours found;
    found.count = std::min(kNeighbours, n - 1);
    std::vector<float> squares(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i)
        squares[static_cast<std::size_t>(i)] = static_cast<float>(points.row(i).dot(points.row(i)));
    std::vector<std::pair<float, std::uint32_t>> row(static_cast<std::size_t>(n));
    for (int begin = 0; begin < n; begin += kRows) {
        const int end = std::min(n, begin + kRows);
        cv::Mat products;
        cv::gemm(points.rowRange(begin, end), points, 1, {}, 0, products, cv::GEMM_2_T);
        for (int i = begin; i < end; ++i) {
            if (stop.stop_requested())
                return cancelled();
            const float* product = products.ptr<float>(i - begin);
            const float own = squares[static_cast<std::size_t>(i)];
            for (int j = 0; j < n; ++j) {
                const auto place = static_cast<std::size_t>(j);
                row[place] = {std::max(0.0f, own + squares[place] - 2 * product[j]), static_cast<std::uint32_t>(j)};
            }
            row[static_cast<std::size_t>(i)].first = -1; // itself comes first
            std::partial_sort(row.begin(), row.begin() + found.count + 1, row.end());
            for (int k = 1; k <= found.count; ++k) {
                found.of.push_back(row[static_cast<std::size_t>(k)].second);
                found.distances.push_back(std::sqrt(row[static_cast<std::size_t>(k)].first));
            }
        }
    }
    return found;
}

struct Edge {
    std::uint32_t from, to;
    float weight; ///< how surely they are neighbours, 0...1
};

/// The width at which a point's neighbours count as log2(count) in all.
float widthOf(const float* distances, int count) {
    const float least = distances[0], wanted = std::log2(static_cast<float>(count));
    float low = 0, high = 0, width = 1;
    for (int round = 0; round < 64; ++round) {
        float sum = 0;
        for (int k = 0; k < count; ++k)
            sum += std::exp(-(distances[k] - least) / width);
        if (std::abs(sum - wanted) < 1e-5f)
            break;
        if (sum > wanted)
            high = width;
        else
            low = width;
        width = high > 0 ? (low + high) / 2 : width * 2;
    }
    const float mean = std::accumulate(distances, distances + count, 0.0f) / static_cast<float>(count);
    return std::max(width, 1e-3f * mean);
}

/// Neighbours in either direction: a + b - a b.
std::vector<Edge> edgesOf(const Neighbours& neighbours) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::array<float, 2>> pairs;
    const auto count = static_cast<std::size_t>(neighbours.count);
    for (std::size_t i = 0; count > 0 && i < neighbours.of.size() / count; ++i) {
        const float* distances = neighbours.distances.data() + i * count;
        const float width = widthOf(distances, neighbours.count);
        for (std::size_t k = 0; k < count; ++k) {
            const auto from = static_cast<std::uint32_t>(i), to = neighbours.of[i * count + k];
            const float beyond = distances[k] - distances[0];
            const float weight = beyond <= 0 || width <= 0 ? 1.0f : std::exp(-beyond / width);
            pairs[std::minmax(from, to)][from < to ? 0 : 1] = weight;
        }
    }
    std::vector<Edge> edges;
    for (const auto& [ends, weights] : pairs)
        edges.push_back({ends.first, ends.second, weights[0] + weights[1] - weights[0] * weights[1]});
    return edges;
}

float clipped(float step) {
    return std::clamp(step, -4.0f, 4.0f);
}

/// Stochastic gradient descent: each edge is drawn as often as it is sure, and pushes away a few drawn at random.
class Layout {
public:
    Layout(std::vector<Edge> edges, std::vector<MapPoint> start, std::uint64_t seed)
        : m_edges(std::move(edges)), m_points(std::move(start)), m_random(seed, RandomPurpose::Noise) {
        float most = 0;
        for (const Edge& edge : m_edges)
            most = std::max(most, edge.weight);
        m_epochs = m_points.size() > 10'000 ? 200 : 400;
        std::erase_if(m_edges, [&](const Edge& edge) { return edge.weight * static_cast<float>(m_epochs) < most; });
        for (const Edge& edge : m_edges)
            m_every.push_back(most / edge.weight);
        m_next = m_every;
    }
    std::size_t epochs() const { return m_epochs; }
    void step(std::size_t epoch) {
        const float rate = 1 - static_cast<float>(epoch) / static_cast<float>(m_epochs);
        for (std::size_t e = 0; e < m_edges.size(); ++e) {
            if (m_next[e] > static_cast<float>(epoch + 1))
                continue;
            m_next[e] += m_every[e];
            attract(m_points[m_edges[e].from], m_points[m_edges[e].to], rate);
            for (int k = 0; k < kNegatives; ++k) {
                const auto other = static_cast<std::uint32_t>(m_random.next32() % m_points.size());
                if (other != m_edges[e].from)
                    repel(m_points[m_edges[e].from], m_points[other], rate);
            }
        }
    }
    const std::vector<MapPoint>& points() const { return m_points; }

private:
    static float square(const MapPoint& a, const MapPoint& b) {
        return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]);
    }
    static void attract(MapPoint& a, MapPoint& b, float rate) {
        const float distance = square(a, b);
        if (distance <= 0)
            return;
        const float power = std::pow(distance, kB);
        const float pull = -2 * kA * kB * power / distance / (1 + kA * power);
        for (std::size_t axis = 0; axis < 2; ++axis) {
            const float move = clipped(pull * (a[axis] - b[axis])) * rate;
            a[axis] += move;
            b[axis] -= move;
        }
    }
    static void repel(MapPoint& a, const MapPoint& b, float rate) {
        const float distance = square(a, b);
        const float push = 2 * kB / ((0.001f + distance) * (1 + kA * std::pow(distance, kB)));
        for (std::size_t axis = 0; axis < 2; ++axis)
            a[axis] += (distance > 0 ? clipped(push * (a[axis] - b[axis])) : 4.0f) * rate;
    }

    std::vector<Edge> m_edges;
    std::vector<float> m_every, m_next; ///< in which epochs an edge is drawn
    std::vector<MapPoint> m_points;
    CounterRandom m_random;
    std::size_t m_epochs = 0;
};

/// The first two components, ten wide, none on top of another.
std::vector<MapPoint> startOf(const cv::Mat& components, std::uint64_t seed) {
    const auto n = static_cast<std::size_t>(components.rows);
    std::vector<MapPoint> points(n);
    CounterRandom random(seed, RandomPurpose::Noise, 1);
    double widest = 0;
    cv::minMaxLoc(cv::abs(components.colRange(0, std::min(2, components.cols))), nullptr, &widest);
    const float scale = widest > 0 ? static_cast<float>(10 / widest) : 0;
    for (std::size_t i = 0; i < n; ++i)
        for (int axis = 0; axis < 2; ++axis)
            points[i][static_cast<std::size_t>(axis)] =
                (axis < components.cols ? scale * components.at<float>(static_cast<int>(i), axis) : 0.0f) +
                static_cast<float>(random.normal()) * 1e-2f;
    return points;
}

std::vector<MapPoint> between0And1(std::vector<MapPoint> points) {
    for (std::size_t axis = 0; axis < 2; ++axis) {
        const auto less = [axis](const MapPoint& a, const MapPoint& b) { return a[axis] < b[axis]; };
        const auto [low, high] = std::minmax_element(points.begin(), points.end(), less);
        const float least = (*low)[axis], span = (*high)[axis] - least;
        for (MapPoint& point : points)
            point[axis] = span > 0 ? (point[axis] - least) / span : 0.5f;
    }
    return points;
}

} // namespace

FloatArray principalComponents(const FloatArray& features, int dimensions) {
    const cv::Mat rows = matOf(features);
    const int d = std::min({dimensions, rows.rows, rows.cols});
    cv::Mat mean, centred;
    cv::reduce(rows, mean, 0, cv::REDUCE_AVG);
    centred = rows - cv::repeat(mean, rows.rows, 1);
    // Subspace iteration (Halko, Martinsson and Tropp 2011): a few passes over the rows instead of all eigenvectors.
    cv::Mat basis(rows.cols, std::min(d + 8, rows.cols), CV_32F);
    CounterRandom random(0, RandomPurpose::Noise, 2);
    for (int i = 0; i < basis.rows; ++i)
        for (int j = 0; j < basis.cols; ++j)
            basis.at<float>(i, j) = static_cast<float>(random.normal());
    cv::Mat values, left, right, projected;
    for (int round = 0; round < 6; ++round) {
        cv::gemm(centred, basis, 1, {}, 0, projected);
        cv::gemm(centred, projected, 1, {}, 0, basis, cv::GEMM_1_T);
        cv::SVD::compute(basis, values, left, right); // orthonormal again
        basis = left.colRange(0, std::min(basis.cols, left.cols)).clone();
    }
    cv::gemm(centred, basis, 1, {}, 0, projected);
    cv::Mat small;
    cv::gemm(projected, projected, 1, {}, 0, small, cv::GEMM_1_T);
    cv::SVD::compute(small, values, left, right);
    FloatArray result;
    result.shape = {rows.rows, d};
    result.values.resize(static_cast<std::size_t>(rows.rows) * static_cast<std::size_t>(d));
    cv::Mat target = matOf(result);
    cv::gemm(projected, left.colRange(0, d), 1, {}, 0, target);
    return result;
}

Result<std::vector<MapPoint>> imageMap(const FloatArray& features, std::uint64_t seed, std::stop_token stop,
                                       const std::function<void(std::size_t, std::size_t)>& progress) {
    if (features.shape.size() != 2 || features.shape[1] < 1)
        return badInput("A map of images needs a table of features, one row for each image.");
    if (!std::all_of(features.values.begin(), features.values.end(), [](float value) { return std::isfinite(value); }))
        return badInput("The features of the images are not all numbers; the network has broken weights.");
    if (features.shape[0] == 0)
        return std::vector<MapPoint>();
    if (features.shape[0] == 1)
        return std::vector<MapPoint>{{0.5f, 0.5f}};
    const FloatArray reduced = principalComponents(features, kComponents);
    const cv::Mat points = matOf(reduced);
    const Result<Neighbours> neighbours = nearest(points, stop);
    if (!neighbours)
        return neighbours.error();
    Layout layout(edgesOf(*neighbours), startOf(points, seed), seed);
    for (std::size_t epoch = 0; epoch < layout.epochs(); ++epoch) {
        if (stop.stop_requested())
            return cancelled();
        layout.step(epoch);
        if (progress)
            progress(epoch + 1, layout.epochs());
    }
    return between0And1(layout.points());
}

} // namespace sightline
