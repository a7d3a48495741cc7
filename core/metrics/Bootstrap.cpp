// SPDX-License-Identifier: GPL-3.0-or-later
#include "metrics/Bootstrap.h"

#include <algorithm>
#include <cmath>

#include "metrics/InParts.h"

namespace sightline {

namespace {

struct Cell {
    std::size_t truth, predicted;
    std::int64_t images;
};

std::vector<Cell> occupiedCells(const ConfusionMatrix& confusion) {
    std::vector<Cell> cells;
    for (int truth = 0; truth < confusion.classes(); ++truth)
        for (int predicted = 0; predicted < confusion.classes(); ++predicted)
            if (const std::int64_t images = confusion.at(truth, predicted); images > 0)
                cells.push_back({static_cast<std::size_t>(truth), static_cast<std::size_t>(predicted), images});
    return cells;
}

/// Between the two neighbours in proportion, as numpy.percentile.
double percentile(const std::vector<double>& sorted, double share) {
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// Few are expected: counts down the distribution from 0.
std::int64_t invertedDraw(CounterRandom& random, std::int64_t trials, double probability) {
    const double odds = probability / (1 - probability), start = std::pow(1 - probability, trials);
    double left = random.uniform(), mass = start;
    std::int64_t drawn = 0;
    while (left >= mass && drawn < trials) {
        left -= mass;
        mass *= odds * static_cast<double>(trials - drawn) / static_cast<double>(drawn + 1);
        ++drawn;
    }
    return drawn;
}

} // namespace

BinomialDraws::BinomialDraws(std::int64_t most) : m_logFactorials(static_cast<std::size_t>(most) + 1, 0.0) {
    for (std::size_t n = 1; n < m_logFactorials.size(); ++n)
        m_logFactorials[n] = m_logFactorials[n - 1] + std::log(static_cast<double>(n));
}

std::int64_t BinomialDraws::draw(CounterRandom& random, std::int64_t trials, double probability) const {
    constexpr double kFew = 10;
    if (trials <= 0 || probability <= 0)
        return 0;
    if (probability >= 1)
        return trials;
    if (probability > 0.5)
        return trials - draw(random, trials, 1 - probability);
    return static_cast<double>(trials) * probability < kFew ? invertedDraw(random, trials, probability)
                                                            : rejected(random, trials, probability);
}

/// Hörmann's algorithm BTRS, with his constants; `probability` at most a half, at least ten expected.
std::int64_t BinomialDraws::rejected(CounterRandom& random, std::int64_t trials, double probability) const {
    const auto n = static_cast<double>(trials);
    const double deviation = std::sqrt(n * probability * (1 - probability));
    const double b = 1.15 + 2.53 * deviation, a = -0.0873 + 0.0248 * b + 0.01 * probability;
    const double middle = n * probability + 0.5, quick = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * deviation;
    const double logOdds = std::log(probability / (1 - probability));
    const auto mode = static_cast<std::int64_t>((n + 1) * probability);
    const auto logWays = [&](std::int64_t k) {
        return -m_logFactorials[static_cast<std::size_t>(k)] - m_logFactorials[static_cast<std::size_t>(trials - k)];
    };
    for (;;) {
        const double u = random.uniform() - 0.5, v = random.uniform(), distance = 0.5 - std::abs(u);
        const double drawn = std::floor((2 * a / distance + b) * u + middle);
        if (!(drawn >= 0 && drawn <= n))
            continue;
        const auto k = static_cast<std::int64_t>(drawn);
        if (distance >= 0.07 && v <= quick)
            return k;
        const double height = std::log(v * alpha / (a / (distance * distance) + b));
        if (height <= logWays(k) - logWays(mode) + static_cast<double>(k - mode) * logOdds)
            return k;
    }
}

std::optional<Interval> macroF1Interval(const ConfusionMatrix& confusion, std::uint64_t seed, int draws) {
    const std::int64_t images = confusion.total();
    if (images == 0 || draws <= 0)
        return {};
    const std::vector<Cell> cells = occupiedCells(confusion);
    const BinomialDraws binomial(images);
    std::vector<double> found(static_cast<std::size_t>(draws));
    inParts(found.size(), [&](std::size_t i) {
        CounterRandom random(seed, RandomPurpose::Bootstrap, 0, i);
        std::vector<ClassCounts> classes(static_cast<std::size_t>(confusion.classes()));
        std::int64_t toDraw = images, toCome = images; // of this sample, and of the cells that are left
        for (const Cell& cell : cells) {
            const std::int64_t drawn =
                binomial.draw(random, toDraw, static_cast<double>(cell.images) / static_cast<double>(toCome));
            toDraw -= drawn;
            toCome -= cell.images;
            classes[cell.truth].support += drawn;
            classes[cell.predicted].predicted += drawn;
            if (cell.truth == cell.predicted)
                classes[cell.truth].right += drawn;
        }
        found[i] = *macroAverages(classes).f1;
    });
    std::sort(found.begin(), found.end());
    return Interval{percentile(found, 0.025), percentile(found, 0.975)};
}

} // namespace sightline
