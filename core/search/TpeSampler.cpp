// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <numeric>

#include "search/Sampler.h"
#include "support/Random.h"

namespace sightline {

namespace {

constexpr int kCandidates = 24;
constexpr std::size_t kFullWeight = 25; ///< so many of the newest observations

/// The newest observations weigh 1, older ones less and less; the prior, which comes last, weighs 1. Sums to 1.
std::vector<double> weightsOf(std::size_t observations) {
    std::vector<double> weights(observations, 1.0);
    if (observations >= kFullWeight) {
        const std::size_t ramp = observations - kFullWeight;
        const double first = 1.0 / static_cast<double>(observations);
        for (std::size_t i = 0; i < ramp; ++i)
            weights[i] =
                ramp == 1 ? first : first + (1.0 - first) * static_cast<double>(i) / static_cast<double>(ramp - 1);
    }
    weights.push_back(1.0);
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    for (double& weight : weights)
        weight /= sum;
    return weights;
}

std::size_t drawPlace(const std::vector<double>& shares, double uniform) {
    for (std::size_t i = 0; i + 1 < shares.size(); ++i) {
        if (uniform < shares[i])
            return i;
        uniform -= shares[i];
    }
    return shares.size() - 1;
}

/// Of the standard normal distribution: the probability of [a, b], exact in both tails.
double massBetween(double a, double b) {
    const double root = std::sqrt(2.0);
    return a > 0 ? 0.5 * (std::erfc(a / root) - std::erfc(b / root))
                 : 0.5 * (std::erfc(-b / root) - std::erfc(-a / root));
}

/// The place in [a, b] below which the share `uniform` of its mass lies. The kernels' means lie inside their range, so
/// that there is mass enough for plain bisection.
double quantileBetween(double a, double b, double uniform) {
    const double wanted = uniform * massBetween(a, b);
    double low = a, high = b;
    for (int i = 0; i < 60; ++i) {
        const double middle = 0.5 * (low + high);
        (massBetween(a, middle) < wanted ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

/// A mixture of truncated normal distributions, one around each observation and one, the prior, over the whole range.
class NumberDensity {
public:
    NumberDensity(const Distribution& distribution, const std::vector<double>& observations)
        : m_distribution(distribution), m_weights(weightsOf(observations.size())) {
        m_low = onScale(distribution.low - distribution.step / 2);
        m_high = onScale(distribution.high + distribution.step / 2);
        for (const double observation : observations)
            m_means.push_back(onScale(observation));
        m_widths = widthsOf();
        m_means.push_back(0.5 * (m_low + m_high));
        m_widths.push_back(m_high - m_low);
    }

    double draw(CounterRandom& random) const {
        const std::size_t kernel = drawPlace(m_weights, random.uniform());
        const double mean = m_means[kernel], width = m_widths[kernel];
        const double at =
            mean + width * quantileBetween((m_low - mean) / width, (m_high - mean) / width, random.uniform());
        double value = m_distribution.log ? std::exp(at) : at;
        if (m_distribution.step > 0)
            value = m_distribution.low +
                    std::round((value - m_distribution.low) / m_distribution.step) * m_distribution.step;
        return std::clamp(value, m_distribution.low, m_distribution.high);
    }

    /// Of a value, or of the step around it.
    double density(double value) const {
        const double half = m_distribution.step / 2;
        double sum = 0;
        for (std::size_t i = 0; i < m_means.size(); ++i) {
            const double mean = m_means[i], width = m_widths[i];
            const double all = massBetween((m_low - mean) / width, (m_high - mean) / width);
            const double from = (onScale(value - half) - mean) / width, to = (onScale(value + half) - mean) / width;
            const double here = half > 0 ? massBetween(from, to) : std::exp(-0.5 * from * from) / width;
            sum += m_weights[i] * here / all;
        }
        return sum;
    }

private:
    double onScale(double value) const { return m_distribution.log ? std::log(value) : value; }

    /// Each as wide as the way to the farther of its neighbours, within limits ("magic clip").
    std::vector<double> widthsOf() const {
        const std::size_t count = m_means.size();
        std::vector<std::size_t> order(count);
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t one, std::size_t other) { return m_means[one] < m_means[other]; });
        const double range = m_high - m_low, least = range / std::min(100.0, 2.0 + static_cast<double>(count));
        std::vector<double> widths(count);
        for (std::size_t i = 0; i < count; ++i) {
            const double here = m_means[order[i]];
            const bool alone = count == 1; // then the ends of the range are its neighbours
            const double left = i > 0 ? here - m_means[order[i - 1]] : alone ? here - m_low : 0;
            const double right = i + 1 < count ? m_means[order[i + 1]] - here : alone ? m_high - here : 0;
            widths[order[i]] = std::clamp(std::max(left, right), least, range);
        }
        return widths;
    }

    const Distribution& m_distribution;
    std::vector<double> m_weights, m_means, m_widths;
    double m_low = 0, m_high = 0; ///< of the scale
};

/// The same for choices: each observation makes its choice likelier, the prior makes all equally likely.
class ChoiceDensity {
public:
    ChoiceDensity(std::size_t choices, const std::vector<double>& observations) : m_shares(choices, 0.0) {
        const std::vector<double> weights = weightsOf(observations.size());
        const auto kernels = static_cast<double>(weights.size()), all = static_cast<double>(choices);
        const double others = 1.0 / kernels, whole = 1.0 + others * all;
        for (std::size_t i = 0; i < weights.size(); ++i)
            for (std::size_t choice = 0; choice < choices; ++choice) {
                const bool isPrior = i == observations.size();
                const bool isIts = !isPrior && choice == static_cast<std::size_t>(observations[i]);
                m_shares[choice] += weights[i] * (isPrior ? 1.0 / all : (others + (isIts ? 1.0 : 0.0)) / whole);
            }
    }

    double draw(CounterRandom& random) const { return static_cast<double>(drawPlace(m_shares, random.uniform())); }
    double density(double choice) const { return m_shares[static_cast<std::size_t>(choice)]; }

private:
    std::vector<double> m_shares;
};

template <typename Density>
double bestCandidate(const Density& below, const Density& above, CounterRandom& random) {
    double best = 0, highest = -std::numeric_limits<double>::infinity();
    for (int i = 0; i < kCandidates; ++i) {
        const double candidate = below.draw(random);
        const double gain = std::log(below.density(candidate)) - std::log(above.density(candidate));
        if (gain > highest) {
            highest = gain;
            best = candidate;
        }
    }
    return best;
}

} // namespace

double tpeValue(const Distribution& distribution, const TpeSplit& split, CounterRandom& random) {
    if (distribution.isNumber() && distribution.low == distribution.high)
        return distribution.low;
    if (!distribution.isNumber()) {
        const std::size_t choices = distribution.choices.size();
        return bestCandidate(ChoiceDensity(choices, split.below), ChoiceDensity(choices, split.above), random);
    }
    return bestCandidate(NumberDensity(distribution, split.below), NumberDensity(distribution, split.above), random);
}

} // namespace sightline
