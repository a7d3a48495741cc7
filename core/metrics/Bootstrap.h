// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "metrics/ConfusionMatrix.h"
#include "metrics/Statistics.h"
#include "support/Random.h"

namespace sightline {

/// Draws from the binomial distribution for up to `most` trials (Hörmann 1993, "The generation of binomial random
/// variates": inversion where few are expected, else transformed rejection; expected O(1) a draw).
class BinomialDraws {
public:
    explicit BinomialDraws(std::int64_t most);
    /// How many of `trials` come out, each with `probability` in 0...1.
    std::int64_t draw(CounterRandom& random, std::int64_t trials, double probability) const;

private:
    std::int64_t rejected(CounterRandom& random, std::int64_t trials, double probability) const;

    std::vector<double> m_logFactorials;
};

/// 95 % of macro F1 (percentiles of `draws` bootstrap samples; Efron 1979). A sample of images with replacement is one
/// multinomial draw of the confusion matrix's cells, so that a draw takes O(occupied cells), never more than images.
/// The same matrix and seed give the same interval. Undefined without images.
std::optional<Interval> macroF1Interval(const ConfusionMatrix& confusion, std::uint64_t seed, int draws = 1000);

} // namespace sightline
